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
// A page of its own, on this machine alone, shows one edition while it is worked on
// (preview --serve), and again whenever what it is made of is saved:
//
//	proof.go       what it shows: the last good rendering, and what is wrong since
//	proofwatch.go  when that has changed
//	proofpage.go   the page, its panes, and the events that tell it of a new version
//	proofdress.go  a mail's HTML as a pane shows it: dark, without pictures, on paper
//	proofinbox.go  its row in a list of messages; its source, for reading
//	loopback.go    the first free port
//
// It only shows: nothing here changes a newsroom. It holds no reader's address.
package ops
