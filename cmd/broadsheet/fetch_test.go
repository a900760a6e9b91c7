package main

import (
	"io"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// noPaper takes nothing, as a disk that is full.
type noPaper struct{}

func (noPaper) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

// TestFetchedExitCodes: what could not be printed has failed, whatever was read.
func TestFetchedExitCodes(t *testing.T) {
	read, unread := newsroom.SourceReport{Source: "wire"}, newsroom.SourceReport{Source: "closed", Error: "the server refuses the connection"}
	for _, c := range []struct {
		name    string
		out     io.Writer
		reports []newsroom.SourceReport
		want    int
	}{
		{"all", io.Discard, []newsroom.SourceReport{read}, Done},
		{"some", io.Discard, []newsroom.SourceReport{read, unread}, Incomplete},
		{"none", io.Discard, []newsroom.SourceReport{unread}, Failed},
		{"all, unprinted", noPaper{}, []newsroom.SourceReport{read}, Failed},
		{"some, unprinted", noPaper{}, []newsroom.SourceReport{read, unread}, Failed},
	} {
		a := &App{Out: c.out}
		if got := exitCode(a.showFetched(c.reports, true)); got != c.want {
			t.Errorf("%s: exit code %d, want %d", c.name, got, c.want)
		}
	}
}
