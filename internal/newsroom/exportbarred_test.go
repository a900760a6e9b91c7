package newsroom_test

import (
	"strings"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// TestExportBarred: a reader who is never to be mailed is in no export; in one of all
// they are, and it says so, so that whoever takes it in does not mail them either.
func TestExportBarred(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		ctx := t.Context()
		readers := r.readers(0, 3)
		_, err := r.n.Import(ctx, strings.NewReader("email,status\n"+readers[0]+",bounced\n"+readers[1]+",complained\n"), newsroom.ImportOptions{Newsletter: "weekly", Basis: "back"})
		r.must(err)
		for format, want := range map[string][]string{
			"csv":  {readers[0] + ",Reader No 0,,,,,cleaned", readers[1] + ",Reader No 1,,,,,blocklisted", readers[2] + ",Reader No 2,,,,,subscribed"},
			"json": {readers[0] + `","name":"Reader No 0","status":"cleaned"`, readers[1] + `","name":"Reader No 1","status":"blocklisted"`, readers[2] + `","name":"Reader No 2","status":"subscribed"`},
		} {
			for _, left := range []bool{false, true} {
				var list strings.Builder
				r.must(r.n.Export(ctx, &list, newsroom.ExportOptions{Newsletter: "weekly", Format: format, Left: left}))
				for i, who := range readers {
					if is := strings.Contains(list.String(), who); is != (left || i == 2) {
						t.Errorf("%s, of all %t: reader %d is in it: %t", format, left, i, is)
					}
					if left && !strings.Contains(list.String(), want[i]) {
						t.Errorf("%s: it does not say how reader %d stands:\n%s", format, i, list.String())
					}
				}
			}
		}
	})
}
