// Package ops is the operators' listener, on this machine alone unless the
// configuration says otherwise: is it well (/healthz), how is it going (/metrics,
// for Prometheus), and a page that lists the editions and shows each as it stands.
//
//	ops.go      the routes, and who may ask
//	health.go   /healthz
//	metrics.go  /metrics
//	page.go     the list of editions
//	preview.go  an edition as readers would see it, drafts too
//
// It only shows: nothing here changes a newsroom. It holds no reader's address.
package ops
