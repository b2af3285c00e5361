"""In the name of others: who is then asking, and who may ask so. Recorded of v1.34.2 in conformance scenario 25."""

from __future__ import annotations

import pytest

from tutor.practice.access import rights
from tutor.practice.access.impersonation import in_the_name_of
from tutor.practice.access.user import ADMINISTRATOR, User, service_account
from tutor.practice.store.errors import StatusError


def test_without_headers_everybody_is_themselves() -> None:
    assert in_the_name_of(ADMINISTRATOR, [("Accept", "*/*")]) is ADMINISTRATOR


def test_an_administrator_speaks_for_a_user() -> None:
    headers = [("Impersonate-User", "somebody"), ("Impersonate-Group", "one"), ("Impersonate-Uid", "abc")]
    user = in_the_name_of(ADMINISTRATOR, [*headers, ("Impersonate-Extra-A%2Fb", "c")])
    assert user == User("somebody", ("one", "system:authenticated"), "abc", {"a/b": ("c",)})
    assert not rights.may(user, rights.wish_of("GET", "/api/v1/pods", {}))


def test_the_group_of_administrators_gives_their_rights() -> None:
    user = in_the_name_of(ADMINISTRATOR, [("impersonate-user", "x"), ("impersonate-group", "system:masters")])
    assert rights.may(user, rights.wish_of("GET", "/api/v1/pods", {}))


def test_a_service_account_has_its_groups() -> None:
    user = in_the_name_of(ADMINISTRATOR, [("Impersonate-User", "system:serviceaccount:shop:reader")])
    assert user == service_account("shop", "reader")


def test_half_a_name_of_a_service_account_is_a_users() -> None:
    user = in_the_name_of(ADMINISTRATOR, [("Impersonate-User", "system:serviceaccount:shop")])
    assert user == User("system:serviceaccount:shop", ("system:authenticated",))


def test_who_is_not_known_reads_health_alone() -> None:
    user = in_the_name_of(ADMINISTRATOR, [("Impersonate-User", "system:anonymous")])
    assert user.groups == ("system:unauthenticated",)
    assert rights.may(user, rights.wish_of("GET", "/healthz", {}))
    assert not rights.may(user, rights.wish_of("GET", "/api", {}))
    assert not rights.may(user, rights.wish_of("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {}))


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("x", 'users "x" is forbidden: {} cannot impersonate resource "users" in API group "" at the cluster scope'),
        (
            "system:serviceaccount:a:b",
            'serviceaccounts "b" is forbidden: {} cannot impersonate resource "serviceaccounts" in API group "" '
            'in the namespace "a"',
        ),
    ],
)
def test_others_may_not(name: str, what: str) -> None:
    with pytest.raises(StatusError) as refusal:
        in_the_name_of(service_account("shop", "reader"), [("Impersonate-User", name)])
    assert refusal.value.code == 403
    assert refusal.value.message == what.format('User "system:serviceaccount:shop:reader"')


def test_a_group_alone_is_half_a_question() -> None:
    with pytest.raises(StatusError) as refusal:
        in_the_name_of(ADMINISTRATOR, [("Impersonate-Group", "one")])
    assert refusal.value.code == 500
