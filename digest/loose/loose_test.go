package loose

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
)

// TestRead reads what content systems write where they should write something else.
func TestRead(t *testing.T) {
	type person struct {
		Name Text `json:"name"`
	}
	type thing struct {
		Title  Text         `json:"title"`
		Width  Number       `json:"width"`
		By     List[person] `json:"by"`
		Names  List[Text]   `json:"names"`
		Inside struct {
			Text Plain `json:"text"`
		} `json:"inside"`
		Last string `json:"last"`
	}
	with := func(change func(*thing)) thing {
		v := thing{Last: "here"}
		change(&v)
		return v
	}
	for in, want := range map[string]thing{
		`"title":"A"`:                             with(func(v *thing) { v.Title = "A" }),
		`"title":{"rendered":"A"}`:                with(func(v *thing) { v.Title = "A" }),
		`"title":{"rendered":false,"name":"A"}`:   with(func(v *thing) { v.Title = "A" }),
		`"title":{"@value":"A","@language":"en"}`: with(func(v *thing) { v.Title = "A" }),
		`"title":4711`:                            with(func(v *thing) { v.Title = "4711" }),
		`"title":false`:                           with(func(*thing) {}),
		`"title":null`:                            with(func(*thing) {}),
		`"title":["A"]`:                           with(func(*thing) {}),
		`"width":1200`:                            with(func(v *thing) { v.Width = 1200 }),
		`"width":"1200"`:                          with(func(v *thing) { v.Width = 1200 }),
		`"width":"1200px"`:                        with(func(v *thing) { v.Width = 1200 }),
		`"width":1200.5`:                          with(func(v *thing) { v.Width = 1200 }),
		`"width":-1`:                              with(func(*thing) {}),
		`"width":1e300`:                           with(func(*thing) {}),
		`"width":{}`:                              with(func(*thing) {}),
		`"by":{"name":"Ada"}`:                     with(func(v *thing) { v.By = List[person]{{"Ada"}} }),
		`"by":[{"name":"Ada"},7,{"name":"Ben"}]`:  with(func(v *thing) { v.By = List[person]{{"Ada"}, {"Ben"}} }),
		`"by":false`:                              with(func(*thing) {}),
		`"names":"Ada"`:                           with(func(v *thing) { v.Names = List[Text]{"Ada"} }),
		`"names":["Ada",null,{"name":"Ben"}]`:     with(func(v *thing) { v.Names = List[Text]{"Ada", "Ben"} }),
		`"inside":[]`:                             with(func(*thing) {}),
		`"inside":{"text":{}}`:                    with(func(*thing) {}),
		`"inside":{"text":"A"}`:                   with(func(v *thing) { v.Inside.Text = "A" }),
	} {
		var got thing
		if ok := Read([]byte(`{`+in+`,"last":"here"}`), &got); !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n got %+v, %v\nwant %+v", in, got, ok, want)
		}
	}
	for _, in := range []string{``, `{`, `nonsense`, `{"title":}`} {
		if Read([]byte(in), &thing{}) {
			t.Errorf("%s was read", in)
		}
	}
}

// FuzzRead: whatever the bytes, nothing panics, and what is JSON is read.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"a":[{"rendered":"x"}],"b":"1px","c":[1]}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		var v struct {
			A List[Text]   `json:"a"`
			B Number       `json:"b"`
			C List[Number] `json:"c"`
			D Plain        `json:"d"`
		}
		if got := Read(in, &v); got != json.Valid(in) {
			t.Fatalf("read %v, valid %v: %s", got, json.Valid(in), in)
		}
	})
}

// TestMend: what is JSON stays as it is, and what is almost becomes it.
func TestMend(t *testing.T) {
	for _, whole := range []string{`{"a": "\u00e9\"\\,]}"}`, `[1, 2]`, `{}`, "<rss/>", "1", ""} {
		if got := Mend(whole); got != whole {
			t.Errorf("%q became %q", whole, got)
		}
	}
	for in, want := range map[string]string{
		`{"a": [1, 2,, ], "b": "x\q",}`: `{"a": [1,2  ],"b": "x\\q"}`,
		"{\"a\": \"one\n\ttwo\"}":       `{"a": "one\u000a\u0009two"}`,
		`{"a": 1 "b": [{} {}]}`:         `{"a": 1 ,"b": [{} ,{}]}`,
		`{"a": True, "b": NaN}`:         `{"a": true,"b": null}`,
		`{,"a": 1}`:                     `{"a": 1}`,
	} {
		if got := Mend(in); !json.Valid([]byte(got)) || compact(t, got) != compact(t, want) {
			t.Errorf("%s became %s, want %s", in, got, want)
		}
	}
}

func compact(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(text)); err != nil {
		t.Error(text, err)
	}
	return b.String()
}

// TestBrackets finds those that are JSON's own, and how deep they go.
func TestBrackets(t *testing.T) {
	for in, want := range map[string]struct {
		own   string
		depth int
	}{
		`{"a": [1, {"b": 2}], "c": []}`: {"{[{}][]}", 3},
		`{"a": "]}\"[{", "b\\": [2]}`:   {"{[]}", 2},
		`{"a": "b\`:                     {"{", 1},
		`7`:                             {"", 0},
	} {
		var own []byte
		for at, bracket := range Brackets(in) {
			if in[at] != bracket {
				t.Errorf("%s: %c is not at %d", in, bracket, at)
			}
			own = append(own, bracket)
		}
		if string(own) != want.own || Deep([]byte(in), want.depth) || want.depth > 0 && !Deep([]byte(in), want.depth-1) {
			t.Errorf("%s: %s, want %s, %d deep", in, own, want.own, want.depth)
		}
		for range Brackets(in) {
			break
		}
	}
}
