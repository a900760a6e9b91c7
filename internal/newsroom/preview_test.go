package newsroom_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/trial"
)

// TestPreviewStandsAlone: the pages of a preview show their pictures from a disk, while
// the messages lead to the site; where no mail can lead to the site, the pages are there.
func TestPreviewStandsAlone(t *testing.T) {
	w := openWire(t, nil)
	w.answers(func(out http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/quay.png" {
			_, _ = out.Write(trial.PNG(t, 700, 350))
			return
		}
		fmt.Fprint(out, rssPictured(w.URL, "quay"))
	})
	onSQLite(t, from(w.URL+"/feed"), func(t *testing.T, r *room) {
		if _, err := r.n.Draft(t.Context(), "weekly", "", true); err != nil {
			t.Fatal(err)
		}
		looked := func(pages string) (kinds map[string]int) {
			kinds = map[string]int{}
			var files []newsroom.PreviewFile
			keep := func(all []newsroom.PreviewFile) error { files = all; return nil }
			if _, err := r.n.PreviewLint(t.Context(), "weekly", keep); err != nil {
				t.Fatal(err)
			}
			for _, f := range files {
				kind := f.Name[strings.LastIndex(f.Name, "."):]
				kinds[kind]++
				text := string(f.Bytes)
				if strings.HasSuffix(f.Name, pages) && (strings.Contains(text, `src="http`) || !strings.Contains(text, `src="data:image/`) || !strings.Contains(text, "</html>")) {
					t.Errorf("%s shows its pictures from elsewhere:\n%s", f.Name, text)
				}
			}
			return kinds
		}
		if all := looked(".html"); all[".eml"] == 0 || all[".html"] == 0 || all[".txt"] == 0 || r.n.Unmailable() != nil {
			t.Errorf("there are %v", all)
		}
		r.write(newsroom.ConfigFile, strings.Replace(string(r.yaml()), r.n.Config.Site.String(), "http://127.0.0.1:8480", 1))
		r.again()
		if all := looked("-digest.html"); all[".eml"] != 0 || all[".html"] == 0 || all[".txt"] == 0 || r.n.Unmailable() == nil {
			t.Errorf("where nothing can be mailed there are %v", all)
		}
		p, err := r.n.Proof(t.Context(), "weekly", nil)
		if err != nil || len(p.Variants) == 0 || !strings.Contains(strings.Join(p.Warnings, " "), "nothing can be mailed while the site is http://127.0.0.1:8480") {
			t.Errorf("%d variants, %q, %v", len(p.Variants), p.Warnings, err)
		}
	})
}
