// Package jobs says when things happen. What happens is in package newsroom.
//
// Rows are the truth; jobs are hints. A cron heartbeat (robfig/cron) looks at the
// rows and makes jobs (River) for what it finds to do; each job calls one use
// case, which looks at the rows again. So a job may run twice, late, or be lost
// and made again by the next heartbeat, without harm: the slot is unique, slices
// have leases and epochs, letters are claimed.
//
// From top to bottom:
//
//	jobs.go       Jobs: River's client and the heartbeat, from Open to Close
//	river.go      where River keeps its own tables: a file beside the store, or a schema
//	heartbeat.go  every minute of the newsroom's clock: which slots are due; every second: which orders wait
//	slots.go      open slots, draft, start mailings    -> newsroom.OpenDue, Advance
//	mailing.go    run one mailing                      -> newsroom.RunMailing
//	alone.go      send letters                         -> newsroom.SendLetters
//	              look which mirrors work              -> newsroom.CheckMirrors
//	sources.go    read the sources whose time has come -> newsroom.FetchDue
package jobs
