package newsroom_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

func TestWithLists(t *testing.T) {
	type inner struct {
		Names []string          `json:"names"`
		Of    map[string][]int  `json:"of"`
		Left  []string          `json:"left,omitempty"`
		Raw   json.RawMessage   `json:"raw"`
		At    time.Time         `json:"at"`
		Text  map[string]string `json:"text,omitempty"`
		own   []string
	}
	type outer struct {
		inner
		Next *inner  `json:"next"`
		None *inner  `json:"none,omitempty"`
		All  []inner `json:"all"`
		Any  any     `json:"any"`
	}
	raw := json.RawMessage("1")
	was := outer{inner: inner{Raw: raw}, Next: &inner{Raw: raw, Of: map[string][]int{"a": nil}}, All: []inner{{Raw: raw}}, Any: inner{Raw: raw}}
	got, err := json.Marshal(newsroom.WithLists(was))
	one := `"names":[],"of":{},"raw":1,"at":"0001-01-01T00:00:00Z"`
	want := `{` + one + `,"next":{"names":[],"of":{"a":[]},"raw":1,"at":"0001-01-01T00:00:00Z"},"all":[{` + one + `}],"any":{` + one + `}}`
	if err != nil || string(got) != want {
		t.Errorf("%v\n got %s\nwant %s", err, got, want)
	}
	if was.Names != nil || was.Next.Of["a"] != nil || was.All[0].Names != nil || was.own != nil {
		t.Errorf("the value itself was changed: %+v", was)
	}
	for value, want := range map[any]string{nil: "null", "a": `"a"`, 3: "3"} {
		if got, _ := json.Marshal(newsroom.WithLists(value)); string(got) != want {
			t.Errorf("%v: %s", value, got)
		}
	}
	if got, _ := json.Marshal(newsroom.WithLists([]string(nil))); string(got) != "[]" {
		t.Errorf("a list without entries is %s", got)
	}
	if !reflect.DeepEqual(newsroom.WithLists(was.All), newsroom.WithLists(newsroom.WithLists(was.All))) {
		t.Error("twice is another value")
	}
}
