// Prints objects of every kind, filled by chance, as protobuf and as JSON: what tests/practice/protobuf decodes.
//
//	cd scripts/protobuf-table && go run ./samples > ../../tests/practice/protobuf/samples.jsonl
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	eventsv1 "k8s.io/api/events/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/randfill"
)

var kinds = []struct {
	version, kind string
	object        runtime.Object
}{
	{"v1", "Namespace", &corev1.Namespace{}},
	{"v1", "Node", &corev1.Node{}},
	{"v1", "Pod", &corev1.Pod{}},
	{"v1", "Service", &corev1.Service{}},
	{"v1", "Endpoints", &corev1.Endpoints{}},
	{"v1", "Event", &corev1.Event{}},
	{"v1", "ConfigMap", &corev1.ConfigMap{}},
	{"v1", "Secret", &corev1.Secret{}},
	{"v1", "ServiceAccount", &corev1.ServiceAccount{}},
	{"v1", "DeleteOptions", &metav1.DeleteOptions{}},
	{"apps/v1", "Deployment", &appsv1.Deployment{}},
	{"apps/v1", "ReplicaSet", &appsv1.ReplicaSet{}},
	{"autoscaling/v1", "Scale", &autoscalingv1.Scale{}},
	{"autoscaling/v1", "HorizontalPodAutoscaler", &autoscalingv1.HorizontalPodAutoscaler{}},
	{"autoscaling/v2", "HorizontalPodAutoscaler", &autoscalingv2.HorizontalPodAutoscaler{}},
	{"discovery.k8s.io/v1", "EndpointSlice", &discoveryv1.EndpointSlice{}},
	{"events.k8s.io/v1", "Event", &eventsv1.Event{}},
	{"policy/v1", "Eviction", &policyv1.Eviction{}},
	{"authorization.k8s.io/v1", "SelfSubjectAccessReview", &authorizationv1.SelfSubjectAccessReview{}},
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	fill := randfill.NewWithSeed(7).NilChance(0.55).NumElements(1, 2).MaxDepth(14).Funcs(
		func(value *metav1.TypeMeta, _ randfill.Continue) {},
		func(value *string, c randfill.Continue) { *value = fmt.Sprintf("text-%d-é", c.Intn(100)) },
		func(value *int32, c randfill.Continue) { *value = int32(c.Intn(7)) - 3 },
		func(value *int64, c randfill.Continue) { *value = int64(c.Intn(1<<30)) - 1000 },
		func(value *metav1.Time, c randfill.Continue) { value.Time = time.Unix(int64(c.Intn(2e9)), 0).UTC() },
		func(value *metav1.MicroTime, c randfill.Continue) {
			value.Time = time.Unix(int64(c.Intn(2e9)), int64(c.Intn(1e6))*1000).UTC()
		},
		func(value *resource.Quantity, c randfill.Continue) {
			*value = resource.MustParse(fmt.Sprintf("%dm", c.Intn(5000)))
		},
		func(value *intstr.IntOrString, c randfill.Continue) {
			if *value = intstr.FromInt32(int32(c.Intn(9))); c.Bool() {
				*value = intstr.FromString("25%")
			}
		},
		func(value *metav1.FieldsV1, c randfill.Continue) { value.Raw = []byte(`{"f:spec":{".":{}}}`) },
		func(value *runtime.RawExtension, c randfill.Continue) { value.Raw = []byte(`{"a":[1,"b"]}`) },
	)
	scheme := runtime.NewScheme()
	serializer := protobuf.NewSerializer(scheme, scheme)
	for _, kind := range kinds {
		fill.Fill(kind.object)
		group, err := schema.ParseGroupVersion(kind.version)
		check(err)
		kind.object.GetObjectKind().SetGroupVersionKind(group.WithKind(kind.kind))
		var encoded bytes.Buffer
		check(serializer.Encode(kind.object, &encoded))
		line, err := json.Marshal(map[string]any{
			"base64": base64.StdEncoding.EncodeToString(encoded.Bytes()), "json": kind.object,
		})
		check(err)
		fmt.Println(string(line))
	}
}
