package feed

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/broadsheet-news/broadsheet/digest"
)

// TestCutAtEveryByte cuts the feeds of every format at every byte. The whole items
// before the cut are there and as they were; of the item that was cut nothing is,
// unless it is the first: then what is whole of it.
func TestCutAtEveryByte(t *testing.T) {
	for _, file := range []string{
		"rss2.xml", "rss090.xml", "atom.xml", "links.xml", "jsonfeed11.json",
	} {
		t.Run(file, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("testdata", "feeds", file))
			if err != nil {
				t.Fatal(err)
			}
			o := Options{URL: "https://feeds.example/" + file}
			whole, err := Parse(data, o)
			if err != nil || len(whole.Stories) < 2 {
				t.Fatal(len(whole.Stories), err)
			}
			step := 1
			if testing.Short() {
				step = 7
			}
			most := 0
			for cut := 0; cut < len(data); cut += step {
				f, err := Parse(data[:cut], o)
				if err != nil {
					if most > 0 {
						t.Fatalf("cut at %d: %v", cut, err)
					}
					continue
				}
				ends := bytes.Count(data[:cut], []byte("</item>")) + bytes.Count(data[:cut], []byte("</entry>"))
				if len(f.Stories) < ends || len(f.Stories) < most {
					t.Fatalf("cut at %d %q, after %d items: %d stories, were %d", cut, data[max(0, cut-30):cut], ends, len(f.Stories), most)
				}
				most = len(f.Stories)
				for i, s := range f.Stories {
					if !reflect.DeepEqual(s, whole.Stories[i]) && !(i == 0 && partly(s, whole.Stories[0])) {
						t.Fatalf("cut at %d %q: story %d is\n%+v, was\n%+v", cut, data[max(0, cut-30):cut], i, s, whole.Stories[i])
					}
				}
			}
			if most < len(whole.Stories)-1 {
				t.Errorf("at most %d stories", most)
			}
		})
	}
}

// partly reports that a story has nothing but whole parts of another.
func partly(part, whole digest.Story) bool {
	same := func(a, b string) bool { return a == "" || a == b }
	return (same(part.Title, whole.Title) || part.Title == "The ferry") && same(part.GUID, whole.GUID) &&
		(same(part.URL, whole.URL) || part.URL == whole.GUID || whole.Image != nil && part.URL == whole.Image.URL) &&
		(part.Published.IsZero() || part.Published.Equal(whole.Published) || part.Published.Equal(whole.Updated)) &&
		(part.Image == nil || whole.Image != nil && strings.HasPrefix(part.Image.URL, "https://"))
}
