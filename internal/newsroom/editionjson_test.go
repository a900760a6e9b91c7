package newsroom

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/config"
)

// TestEditionJSON: put together from pieces, the JSON of an edition is that of the whole.
func TestEditionJSON(t *testing.T) {
	letter := &config.Newsletter{Location: time.UTC}
	for _, left := range [][]digest.Choice{nil, {}, {{Story: digest.Story{ID: "a"}}}, {
		{Story: digest.Story{ID: "a", Title: `"left":[] <b>`}},
		{Story: digest.Story{ID: "b"}, Also: []string{`"left":[]`}, Reason: digest.Reason{Rule: digest.EditionFull}},
	}} {
		e := Edition{Printed: Printed{Letter: letter}, Pick: digest.Pick{Verdict: digest.Full, Left: left}}
		e.Revision.Subject, e.Overlay.Subject = `"left":[]`, `"left":[]`
		whole, err := e.marshal()
		if err != nil {
			t.Fatal(err)
		}
		got, err := e.MarshalJSON()
		if err != nil || string(got) != string(whole) || !json.Valid(got) {
			t.Errorf("%s\nis not\n%s: %v", got, whole, err)
		}
	}
}
