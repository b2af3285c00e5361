// A client as operators are written: typed objects over protobuf, an informer that lists by watching, server-side apply.
//
// It is run with KUBECONFIG and a namespace, works there, and prints one line for each thing that holds. What does not
// hold ends it with exit code 1.
package main

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/util/retry"
)

const patience = 10 * time.Second

func check(what string, holds bool, details ...any) {
	if !holds {
		fmt.Println("FAILED", what, fmt.Sprint(details...))
		os.Exit(1)
	}
	fmt.Println("ok", what)
}

func deployment() *appsv1.Deployment {
	labels := map[string]string{"app": "typed"}
	none := int32(0)
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: "typed"},
		Spec: appsv1.DeploymentSpec{
			Replicas: &none,
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: "homics/gateway:1.0.0"}}},
			},
		},
	}
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 6*patience)
	defer cancel()
	namespace := os.Args[1]
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	check("the kubeconfig is read", err == nil, err)
	// As kubectl and operators are set up: protobuf bodies, JSON accepted in the answers.
	config.ContentType = "application/vnd.kubernetes.protobuf"
	config.AcceptContentTypes = "application/vnd.kubernetes.protobuf,application/json"
	config.QPS, config.Burst = 200, 400
	clients, err := kubernetes.NewForConfig(config)
	check("a client is made", err == nil, err)

	deployments(ctx, clients, namespace)
	informer(ctx, clients, namespace)
	apply(ctx, clients, namespace)
	pages(ctx, clients, namespace)
	deletion(ctx, clients, namespace)
}

func deployments(ctx context.Context, clients *kubernetes.Clientset, namespace string) {
	typed := clients.AppsV1().Deployments(namespace)
	made, err := typed.Create(ctx, deployment(), metav1.CreateOptions{FieldValidation: "Strict"})
	check("a Deployment is made", err == nil, err)
	check("an explicit zero survives", made.Spec.Replicas != nil && *made.Spec.Replicas == 0, made.Spec.Replicas)
	check("defaults are filled in", made.Spec.Strategy.RollingUpdate.MaxSurge.String() == "25%", made.Spec.Strategy)
	_, err = typed.Create(ctx, deployment(), metav1.CreateOptions{})
	check("a second of the same name is refused", apierrors.IsAlreadyExists(err), err)

	// Controllers write the same object: who updates it tries again.
	var changed *appsv1.Deployment
	err = retry.RetryOnConflict(retry.DefaultRetry, func() error {
		newest, err := typed.Get(ctx, "typed", metav1.GetOptions{})
		if err != nil {
			return err
		}
		newest.Spec.Template.Spec.Containers[0].Image = "homics/gateway:1.0.1"
		changed, err = typed.Update(ctx, newest, metav1.UpdateOptions{})
		return err
	})
	check("an update counts a generation", err == nil && changed.Generation == made.Generation+1, err)
	_, err = typed.Update(ctx, made, metav1.UpdateOptions{})
	check("an update from an old version conflicts", apierrors.IsConflict(err), err)
	scale, err := typed.GetScale(ctx, "typed", metav1.GetOptions{})
	check("a Scale is read", err == nil && scale.Spec.Replicas == 0 && scale.Status.Selector == "app=typed", err, scale)
	_, err = typed.Get(ctx, "nosuch", metav1.GetOptions{})
	check("what is not there is not found", apierrors.IsNotFound(err), err)
}

func informer(ctx context.Context, clients *kubernetes.Clientset, namespace string) {
	maps := clients.CoreV1().ConfigMaps(namespace)
	_, err := maps.Create(ctx, configMap("before"), metav1.CreateOptions{})
	check("a ConfigMap is made", err == nil, err)
	factory := informers.NewSharedInformerFactoryWithOptions(clients, 0, informers.WithNamespace(namespace))
	watched := factory.Core().V1().ConfigMaps().Informer()
	var lock sync.Mutex
	var seen []string
	note := func(what string, object any) {
		lock.Lock()
		defer lock.Unlock()
		if tombstone, ok := object.(cache.DeletedFinalStateUnknown); ok {
			object = tombstone.Obj
		}
		if name := object.(*corev1.ConfigMap).Name; name == "before" || name == "after" {
			seen = append(seen, what+" "+name)
		}
	}
	_, err = watched.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { note("add", object) },
		UpdateFunc: func(_, object any) { note("update", object) },
		DeleteFunc: func(object any) { note("delete", object) },
	})
	check("a handler is added", err == nil, err)
	began := time.Now()
	factory.Start(ctx.Done())
	synced, stop := context.WithTimeout(ctx, patience)
	defer stop()
	check("the informer is synced", cache.WaitForCacheSync(synced.Done(), watched.HasSynced))
	check("within two seconds", time.Since(began) < 2*time.Second, time.Since(began))
	_, err = maps.Create(ctx, configMap("after"), metav1.CreateOptions{})
	check("another is made", err == nil, err)
	_, err = maps.Patch(ctx, "after", types.StrategicMergePatchType, []byte(`{"data":{"k":"w"}}`), metav1.PatchOptions{})
	check("and patched", err == nil, err)
	check("and deleted", maps.Delete(ctx, "after", metav1.DeleteOptions{}) == nil)
	wanted := "[add before add after update after delete after]"
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		lock.Lock()
		done := fmt.Sprint(seen) == wanted
		lock.Unlock()
		if done {
			break
		}
	}
	lock.Lock()
	defer lock.Unlock()
	check("the informer told everything in order", fmt.Sprint(seen) == wanted, seen)
}

func configMap(name string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name}, Data: map[string]string{"k": "v"}}
}

func apply(ctx context.Context, clients *kubernetes.Clientset, namespace string) {
	maps := clients.CoreV1().ConfigMaps(namespace)
	wanted := applycorev1.ConfigMap("applied", namespace).WithData(map[string]string{"mine": "1", "gone": "2"})
	_, err := maps.Apply(ctx, wanted, metav1.ApplyOptions{FieldManager: "one"})
	check("a ConfigMap is applied", err == nil, err)
	other := applycorev1.ConfigMap("applied", namespace).WithData(map[string]string{"mine": "3"})
	_, err = maps.Apply(ctx, other, metav1.ApplyOptions{FieldManager: "two"})
	check("another manager conflicts", apierrors.IsConflict(err), err)
	less := applycorev1.ConfigMap("applied", namespace).WithData(map[string]string{"mine": "1"})
	found, err := maps.Apply(ctx, less, metav1.ApplyOptions{FieldManager: "one"})
	check("what is left out goes", err == nil && len(found.Data) == 1, err)
}

func pages(ctx context.Context, clients *kubernetes.Clientset, namespace string) {
	maps := clients.CoreV1().ConfigMaps(namespace)
	names := map[string]bool{}
	options := metav1.ListOptions{Limit: 1}
	for {
		page, err := maps.List(ctx, options)
		check("a page is listed", err == nil && len(page.Items) <= 1, err)
		for _, item := range page.Items {
			names[item.Name] = true
		}
		if options.Continue = page.Continue; options.Continue == "" {
			break
		}
	}
	check("the pages hold all", names["before"] && names["applied"], names)
}

func deletion(ctx context.Context, clients *kubernetes.Clientset, namespace string) {
	maps := clients.CoreV1().ConfigMaps(namespace)
	held := configMap("held")
	held.Finalizers = []string{"example.org/hold"}
	made, err := maps.Create(ctx, held, metav1.CreateOptions{})
	check("one with a finalizer is made", err == nil, err)
	wrong := types.UID("00000000-0000-0000-0000-000000000000")
	err = maps.Delete(ctx, "held", metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &wrong}})
	check("a wrong uid deletes nothing", apierrors.IsConflict(err), err)
	check("deleted, it waits", maps.Delete(ctx, "held", metav1.DeleteOptions{}) == nil)
	waiting, err := maps.Get(ctx, "held", metav1.GetOptions{})
	check("it is marked", err == nil && waiting.DeletionTimestamp != nil && waiting.UID == made.UID, err)
	waiting.Finalizers = nil
	_, err = maps.Update(ctx, waiting, metav1.UpdateOptions{})
	check("the finalizer is taken away", err == nil, err)
	_, err = maps.Get(ctx, "held", metav1.GetOptions{})
	check("and it is gone", apierrors.IsNotFound(err), err)
	background := metav1.DeletePropagationBackground
	err = clients.AppsV1().Deployments(namespace).Delete(ctx, "typed", metav1.DeleteOptions{PropagationPolicy: &background})
	check("the Deployment is deleted", err == nil, err)
	err = maps.DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{FieldSelector: "metadata.name!=kube-root-ca.crt"})
	check("the rest is deleted at once", err == nil, err)
}
