package templates

import (
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/trial"
)

func TestGoldens(t *testing.T) {
	for lang := range languages {
		r := rendered(t, lang, Digest)
		trial.Golden(t, "testdata/digest-"+lang+".html", r.HTML)
		trial.Golden(t, "testdata/digest-"+lang+".txt", r.Text)
	}
	trial.Golden(t, "testdata/web-en.html", rendered(t, "en", Web).HTML)
}
