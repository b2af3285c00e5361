"""What strategic merge patches and server-side apply ask of a field."""

from __future__ import annotations

from tutor.kube import schema

CONTAINER = ("spec", "template", "spec", "containers", 0)


def deployment(*path: str | int) -> schema.FieldSchema:
    found = schema.field_schema("apps/v1", "Deployment", path)
    assert found is not None
    return found


def test_a_list_of_objects_has_its_merge_key_and_its_map_keys() -> None:
    ports = deployment(*CONTAINER, "ports")
    assert (ports.shape, ports.merges, ports.merge_key) == ("list", True, "containerPort")
    assert (ports.list_type, ports.map_keys) == ("map", ("containerPort", "protocol"))
    assert ports.key_defaults == (("protocol", "TCP"),)


def test_a_services_ports_are_told_apart_by_port() -> None:
    ports = schema.field_schema("v1", "Service", ("spec", "ports"))
    assert ports is not None
    assert (ports.merge_key, ports.map_keys) == ("port", ("port", "protocol"))


def test_a_list_without_a_merge_key_is_replaced() -> None:
    command = deployment(*CONTAINER, "command")
    assert (command.shape, command.merges, command.merge_key, command.list_type) == ("list", False, "", "atomic")


def test_a_set_of_words_is_merged() -> None:
    finalizers = deployment("metadata", "finalizers")
    assert (finalizers.shape, finalizers.merges, finalizers.merge_key, finalizers.list_type) == (
        "list",
        True,
        "",
        "set",
    )


def test_a_strategy_retains_its_keys_alone() -> None:
    assert deployment("spec", "strategy").strategies == ("retainKeys",)
    assert deployment("spec", "template", "spec", "volumes").strategies == ("merge", "retainKeys")


def test_a_selector_is_owned_as_a_whole() -> None:
    assert deployment("spec", "selector").atomic
    service = schema.field_schema("v1", "Service", ("spec", "selector"))
    assert service is not None
    assert service.shape == "map"
    assert service.atomic
    assert not deployment("spec", "template").atomic


def test_maps_entries_and_scalars_have_schemas_too() -> None:
    assert deployment("metadata", "labels").shape == "map"
    assert deployment("metadata", "labels", "app").shape == "scalar"
    assert deployment(*CONTAINER).shape == "object"
    assert deployment("metadata", "managedFields", 0, "fieldsV1", "f:metadata").shape == "any"


def test_what_is_not_known_has_none() -> None:
    assert schema.kind_schema("apps/v1", "Deploymentt") is None
    assert schema.field_schema("apps/v1", "Deployment", ("spec", "replica")) is None
    assert schema.field_schema("apps/v1", "Deployment", ("spec", "replicas", "x")) is None
    assert schema.field_schema("v1", "Deployment", ()) is None
