// Prints the table that tutor/practice/protobuf decodes request bodies with: for every message that can be part of a
// body, its fields in the order of JSON, taken from the struct tags of Kubernetes' own Go types (the version is in go.mod).
//
//	cd scripts/protobuf-table && go run . > ../../tutor/practice/protobuf/data/messages.json
//
// A field is [number, "json name", "type", "flags"]. Types: string, bytes, bool, int, float, time, microtime, quantity,
// intorstring, raw, or the name of a message; before it "list:" or "map:". Flags: p a pointer (an explicit zero counts),
// o left out of JSON when empty (never a struct), z when zero (a struct, too), i its fields belong to the struct around it.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"sort"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
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
	"k8s.io/apimachinery/pkg/util/intstr"
)

// What the practice cluster takes as a body, by "apiVersion/kind".
var roots = map[string]any{
	"v1/Namespace":                           corev1.Namespace{},
	"v1/Node":                                corev1.Node{},
	"v1/Pod":                                 corev1.Pod{},
	"v1/Service":                             corev1.Service{},
	"v1/Endpoints":                           corev1.Endpoints{},
	"v1/Event":                               corev1.Event{},
	"v1/ConfigMap":                           corev1.ConfigMap{},
	"v1/Secret":                              corev1.Secret{},
	"v1/ServiceAccount":                      corev1.ServiceAccount{},
	"v1/DeleteOptions":                       metav1.DeleteOptions{},
	"apps/v1/Deployment":                     appsv1.Deployment{},
	"apps/v1/ReplicaSet":                     appsv1.ReplicaSet{},
	"autoscaling/v1/Scale":                   autoscalingv1.Scale{},
	"autoscaling/v1/HorizontalPodAutoscaler": autoscalingv1.HorizontalPodAutoscaler{},
	"autoscaling/v2/HorizontalPodAutoscaler": autoscalingv2.HorizontalPodAutoscaler{},
	"discovery.k8s.io/v1/EndpointSlice":      discoveryv1.EndpointSlice{},
	"events.k8s.io/v1/Event":                 eventsv1.Event{},
	"policy/v1/Eviction":                     policyv1.Eviction{},
	"authorization.k8s.io/v1/SelfSubjectAccessReview": authorizationv1.SelfSubjectAccessReview{},
	"authorization.k8s.io/v1/SelfSubjectRulesReview":  authorizationv1.SelfSubjectRulesReview{},
	"authentication.k8s.io/v1/SelfSubjectReview":      authenticationv1.SelfSubjectReview{},
	"authentication.k8s.io/v1/TokenRequest":           authenticationv1.TokenRequest{},
}

var special = map[reflect.Type]string{
	reflect.TypeOf(metav1.Time{}):                 "time",
	reflect.TypeOf(metav1.MicroTime{}):            "microtime",
	reflect.TypeOf(resource.Quantity{}):           "quantity",
	reflect.TypeOf(intstr.IntOrString{}):          "intorstring",
	reflect.TypeOf(runtime.RawExtension{}):        "raw",
	reflect.TypeOf(metav1.FieldsV1{}):             "raw",
	reflect.TypeOf(authorizationv1.ExtraValue{}):  "extra",
	reflect.TypeOf(authenticationv1.ExtraValue{}): "extra",
}

type table map[string][][4]any

func (t table) message(of reflect.Type) string {
	parts := strings.Split(of.PkgPath(), "/")
	name := strings.Join(append(parts[len(parts)-2:], of.Name()), ".")
	if _, known := t[name]; known {
		return name
	}
	fields := [][4]any{}
	t[name] = fields
	for i := 0; i < of.NumField(); i++ {
		field := of.Field(i)
		tag := field.Tag.Get("protobuf")
		if tag == "" {
			continue // TypeMeta: it travels outside of the message.
		}
		number := strings.Split(tag, ",")[1]
		parsed, err := strconv.Atoi(number)
		if err != nil {
			fail("%s.%s: no field number in %q", name, field.Name, tag)
		}
		jsonName, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		flags := ""
		if field.Type.Kind() == reflect.Pointer {
			flags += "p"
		}
		if strings.Contains(options, "omitempty") {
			flags += "o"
		}
		if strings.Contains(options, "omitzero") {
			flags += "z"
		}
		if jsonName == "" {
			flags += "i"
		}
		fields = append(fields, [4]any{parsed, jsonName, t.typeName(field.Type), flags})
	}
	t[name] = fields
	return name
}

func (t table) typeName(of reflect.Type) string {
	if name, found := special[of]; found {
		return name
	}
	switch of.Kind() {
	case reflect.Pointer:
		return t.typeName(of.Elem())
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "bool"
	case reflect.Int32, reflect.Int64, reflect.Int:
		return "int"
	case reflect.Float64:
		return "float"
	case reflect.Struct:
		return t.message(of)
	case reflect.Map:
		return "map:" + t.typeName(of.Elem())
	case reflect.Slice:
		if of.Elem().Kind() == reflect.Uint8 {
			return "bytes"
		}
		return "list:" + t.typeName(of.Elem())
	}
	fail("no name for %v", of)
	return ""
}

func fail(format string, values ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", values...)
	os.Exit(1)
}

func line(key string, value any) string {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		fail("%v", err)
	}
	return fmt.Sprintf("  %q: %s", key, strings.TrimSpace(text.String()))
}

func main() {
	messages := table{}
	var kinds, lines []string
	for kind, example := range roots {
		kinds = append(kinds, line(kind, messages.message(reflect.TypeOf(example))))
	}
	for name, fields := range messages {
		lines = append(lines, line(name, fields))
	}
	sort.Strings(kinds)
	sort.Strings(lines)
	fmt.Printf("{\n\"kinds\": {\n%s\n},\n\"messages\": {\n%s\n}\n}\n", strings.Join(kinds, ",\n"), strings.Join(lines, ",\n"))
}
