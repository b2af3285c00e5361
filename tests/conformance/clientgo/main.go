// A compiled client as operators are: typed calls in protobuf, a conflict, and a shared informer that lists by watching.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/util/retry"
)

const patience = 60 * time.Second

// log keeps what the informer told of each object, by its name.
type log struct {
	sync.Mutex
	told map[string][]string
}

func (l *log) add(what string, object any) {
	if gone, ok := object.(cache.DeletedFinalStateUnknown); ok {
		object = gone.Obj
	}
	found := object.(*corev1.ConfigMap)
	l.Lock()
	defer l.Unlock()
	l.told[found.Name] = append(l.told[found.Name], what+" "+found.Data["k"])
}

func (l *log) of(name string) []string {
	l.Lock()
	defer l.Unlock()
	return append([]string{}, l.told[name]...)
}

func must(err error) {
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
}

func say(what string, value any) {
	text, err := json.Marshal(value)
	must(err)
	fmt.Printf("%s: %s\n", what, text)
}

func refused(what string, err error) {
	status, ok := err.(errors.APIStatus)
	if !ok {
		must(fmt.Errorf("%s: want a refusal, got %v", what, err))
	}
	answer := status.Status()
	say(what, []any{answer.Code, answer.Reason, answer.Message, answer.Details})
}

func until(what string, done func() bool) {
	for end := time.Now().Add(patience); !done(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			must(fmt.Errorf("%s did not happen", what))
		}
	}
}

func configMap(name, value string) *corev1.ConfigMap {
	return &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"app": "go"}},
		Data:       map[string]string{"k": value},
		BinaryData: map[string][]byte{"b": {0, 1, 255}},
	}
}

func deployment() *appsv1.Deployment {
	replicas, surge := int32(0), intstr.FromString("50%")
	labels := map[string]string{"app": "go"}
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: "go"},
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas,
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Strategy: appsv1.DeploymentStrategy{
				Type:          appsv1.RollingUpdateDeploymentStrategyType,
				RollingUpdate: &appsv1.RollingUpdateDeployment{MaxSurge: &surge},
			},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec: corev1.PodSpec{Containers: []corev1.Container{{
					Name:  "web",
					Image: "homics/gateway:1.0.0",
					Ports: []corev1.ContainerPort{{ContainerPort: 8080}},
					ReadinessProbe: &corev1.Probe{
						PeriodSeconds: 1,
						ProbeHandler: corev1.ProbeHandler{
							HTTPGet: &corev1.HTTPGetAction{Path: "/login", Port: intstr.FromInt32(8080)},
						},
					},
				}}},
			},
		},
	}
}

func objects(client kubernetes.Interface, namespace string) {
	ctx := context.Background()
	maps := client.CoreV1().ConfigMaps(namespace)
	_, err := maps.Create(ctx, configMap("before", "0"), metav1.CreateOptions{})
	must(err)

	told := &log{told: map[string][]string{}}
	factory := informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithNamespace(namespace),
		informers.WithTweakListOptions(func(options *metav1.ListOptions) { options.LabelSelector = "app=go" }))
	informer := factory.Core().V1().ConfigMaps().Informer()
	_, err = informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { told.add("added", object) },
		UpdateFunc: func(_, object any) { told.add("updated", object) },
		DeleteFunc: func(object any) { told.add("deleted", object) },
	})
	must(err)
	stop := make(chan struct{})
	defer close(stop)
	factory.Start(stop)
	end := time.AfterFunc(patience, func() { must(fmt.Errorf("the informer did not get in step")) })
	cache.WaitForCacheSync(stop, informer.HasSynced)
	end.Stop()
	say("in step", len(informer.GetStore().List()))

	made, err := maps.Create(ctx, configMap("one", "1"), metav1.CreateOptions{})
	must(err)
	say("created", []any{made.Data, made.BinaryData, made.Labels})
	_, err = maps.Create(ctx, configMap("one", "1"), metav1.CreateOptions{})
	refused("twice", err)
	changed := made.DeepCopy()
	changed.Data["k"] = "2"
	_, err = maps.Update(ctx, changed, metav1.UpdateOptions{})
	must(err)
	_, err = maps.Update(ctx, changed, metav1.UpdateOptions{})
	refused("conflict", err)
	must(retry.RetryOnConflict(retry.DefaultRetry, func() error {
		live, err := maps.Get(ctx, "one", metav1.GetOptions{})
		if err != nil {
			return err
		}
		live.Data["k"] = "3"
		_, err = maps.Update(ctx, live, metav1.UpdateOptions{})
		return err
	}))
	for kind, patch := range map[types.PatchType]string{
		types.StrategicMergePatchType: `{"metadata":{"labels":{"tier":"front"}}}`,
		types.MergePatchType:          `{"data":{"m":"1"}}`,
		types.JSONPatchType:           `[{"op":"add","path":"/data/j","value":"1"}]`,
	} {
		_, err = maps.Patch(ctx, "one", kind, []byte(patch), metav1.PatchOptions{})
		must(err)
	}
	applied := applycorev1.ConfigMap("one", namespace).WithData(map[string]string{"s": "1"})
	_, err = maps.Apply(ctx, applied, metav1.ApplyOptions{FieldManager: "go"})
	must(err)
	_, err = maps.Apply(ctx, applied.WithData(map[string]string{"k": "9"}), metav1.ApplyOptions{FieldManager: "go"})
	refused("applied against", err)
	live, err := maps.Get(ctx, "one", metav1.GetOptions{})
	must(err)
	say("patched", []any{live.Data, live.Labels})
	must(maps.Delete(ctx, "one", metav1.DeleteOptions{}))
	refused("deleted twice", maps.Delete(ctx, "one", metav1.DeleteOptions{}))
	until("the informer's deleted", func() bool {
		all := told.of("one")
		return len(all) > 0 && all[len(all)-1] == "deleted 3"
	})
	say("informer before", told.of("before"))
	say("informer one", told.of("one"))
	must(maps.DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: "app=go"}))
	left, err := maps.List(ctx, metav1.ListOptions{LabelSelector: "app=go"})
	must(err)
	say("left", len(left.Items))
}

func workloads(client kubernetes.Interface, namespace string) {
	ctx := context.Background()
	deployments := client.AppsV1().Deployments(namespace)
	made, err := deployments.Create(ctx, deployment(), metav1.CreateOptions{})
	must(err)
	say("deployment", []any{*made.Spec.Replicas, made.Spec.Strategy, made.Spec.Template.Spec.Containers})
	wrong := deployment()
	wrong.Name = "wrong"
	wrong.Spec.Template.Labels = map[string]string{"app": "other"}
	_, err = deployments.Create(ctx, wrong, metav1.CreateOptions{})
	refused("wrong", err)
	var scale *autoscalingv1.Scale
	must(retry.RetryOnConflict(retry.DefaultRetry, func() error {
		scale, err = deployments.GetScale(ctx, "go", metav1.GetOptions{})
		if err != nil {
			return err
		}
		scale.Spec.Replicas = 1
		scale, err = deployments.UpdateScale(ctx, "go", scale, metav1.UpdateOptions{})
		return err
	}))
	say("scale", []any{scale.Spec.Replicas, scale.Status.Selector})
	until("availability", func() bool {
		live, err := deployments.Get(ctx, "go", metav1.GetOptions{})
		must(err)
		return live.Status.AvailableReplicas == 1
	})
	policy := metav1.DeletePropagationForeground
	must(deployments.Delete(ctx, "go", metav1.DeleteOptions{PropagationPolicy: &policy}))
	until("the deletion", func() bool {
		_, err := deployments.Get(ctx, "go", metav1.GetOptions{})
		return errors.IsNotFound(err)
	})
	pods, err := client.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: "app=go"})
	must(err)
	say("pods", len(pods.Items))
}

func main() {
	namespace := os.Args[1]
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	must(err)
	config.ContentType = "application/vnd.kubernetes.protobuf"
	config.AcceptContentTypes = "application/vnd.kubernetes.protobuf,application/json"
	config.UserAgent = "conformance"
	client, err := kubernetes.NewForConfig(config)
	must(err)
	objects(client, namespace)
	workloads(client, namespace)
}
