package fetch

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"

	"github.com/broadsheet-news/broadsheet/internal/trial"
)

func pack(data []byte, codings ...string) []byte {
	for _, coding := range codings {
		var b bytes.Buffer
		var w io.WriteCloser
		switch coding {
		case "gzip":
			w = gzip.NewWriter(&b)
		case "br":
			w = brotli.NewWriterLevel(&b, 2)
		case "zlib":
			w = zlib.NewWriter(&b)
		case "flate":
			w, _ = flate.NewWriter(&b, flate.BestSpeed)
		}
		w.Write(data)
		w.Close()
		data = b.Bytes()
	}
	return data
}

var news = []byte("<rss>" + strings.Repeat("<item>all the news</item>", 500) + "</rss>")

// TestPackings: what a server says of how it packed, and what it did.
func TestPackings(t *testing.T) {
	for _, c := range []struct {
		says   string
		sends  []byte
		packed []string
	}{
		{"gzip, br", pack(news, "gzip", "br"), []string{"br", "gzip"}},
		{"br, gzip", pack(news, "br", "gzip"), []string{"gzip", "br"}},
		{"gzip", pack(news, "gzip", "gzip"), []string{"gzip", "gzip"}}, // twice, said once
		{"", pack(news, "gzip"), []string{"gzip"}},                     // and not said
		{"br", pack(news, "gzip", "br"), []string{"br", "gzip"}},
		{"br", news, nil}, // said, and not done
		{"deflate", news, nil},
		{"deflate", pack(news, "zlib"), []string{"deflate"}},
		{"deflate", pack(news, "flate"), []string{"deflate"}},
		{"utf-8", news, nil}, // no coding at all
		{"zstd", news, nil},
		{"utf-8", pack(news, "gzip"), []string{"gzip"}},
		{" GZIP ,identity", pack(news, "gzip"), []string{"gzip"}},
		{"gzip", append(pack(news, "gzip"), "\x00\x00 and more"...), []string{"gzip"}}, // bytes behind it
		{"gzip", append(pack(news[:100], "gzip"), pack(news[100:], "gzip")...), []string{"gzip"}},
	} {
		at, client := serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header()["Content-Encoding"] = []string{c.says}
			w.Write(c.sends)
		})
		r, err := client.Get(t.Context(), Request{URL: at})
		if err != nil || !bytes.Equal(r.Body, news) || !slices.Equal(r.Packed, c.packed) || r.Wire != int64(len(c.sends)) {
			t.Errorf("says %q: %d bytes, packed as %v, %d on the wire of %d, %v", c.says, len(r.Body), r.Packed, r.Wire, len(c.sends), err)
		}
	}
}

// TestPackedBadly: what cannot be unpacked whole is an error, with what came before it.
func TestPackedBadly(t *testing.T) {
	gzipped, brotlied := pack(news, "gzip"), pack(news, "br")
	bent := slices.Clone(gzipped)
	bent[len(bent)-5] ^= 0xff // its checksum
	for name, c := range map[string]struct {
		says   string
		sends  []byte
		partly bool
		words  string
	}{
		"gzip cut off":      {"gzip", gzipped[:len(gzipped)-12], true, "broke off"},
		"gzip's checksum":   {"gzip", bent, true, "broke off"},
		"gzip's head alone": {"gzip", gzipped[:8], false, "broke off"},
		"br cut off":        {"br", brotlied[:len(brotlied)-3], true, "broke off"},
		"br that is none":   {"br", []byte("\xff\xff\xff\xff\xff\xff no"), false, "broke off"},
		"zstd":              {"zstd", []byte("\x28\xb5\x2f\xfd\x00\x01\x02"), false, `packed as "zstd", which was not asked for`},
		"four times over":   {"gzip,gzip,gzip,gzip", pack(news, "gzip", "gzip", "gzip", "gzip"), false, "not asked for"},
	} {
		at, client := serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", c.says)
			w.Header().Set("ETag", `"1"`)
			w.Write(c.sends)
		})
		r, err := client.Get(t.Context(), Request{URL: at})
		e := wants(t, err, Broken, c.words)
		if e.Partly != c.partly || e.Partly != (len(r.Body) > 0) || !bytes.HasPrefix(news, r.Body) || r.Known != (Validators{}) {
			t.Errorf("%s: partly %v, %d bytes, %+v", name, e.Partly, len(r.Body), r.Known)
		}
	}
}

// TestPartOfABody: an answer that is shorter than it says gives what came of it.
func TestPartOfABody(t *testing.T) {
	at, c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100000")
		w.Write(news)
	})
	r, err := c.Get(t.Context(), Request{URL: at})
	if e := wants(t, err, Broken, "broke off"); !e.Partly || !bytes.Equal(r.Body, news) {
		t.Errorf("partly %v, %d bytes", e.Partly, len(r.Body))
	}
}

// TestBombs: a gigabyte in a megabyte, or in a kilobyte, is given up at the limit.
func TestBombs(t *testing.T) {
	const limit, size = 10 << 20, 1 << 30
	zeros, err := os.ReadFile("testdata/gigabyte.br")
	if err != nil {
		t.Fatal(err)
	}
	member := pack(make([]byte, limit), "gzip") // members one after another are one body
	bombs := map[string][]byte{
		"gzip":       bytes.Repeat(member, size/limit+1),
		"br":         zeros,
		"gzip, gzip": pack(bytes.Repeat(member, size/limit+1), "gzip"),
	}
	for coding, bomb := range bombs {
		at, c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", coding)
			w.Write(bomb)
		})
		var r Response
		var err error
		took := trial.Allocated(func() { r, err = c.Get(t.Context(), Request{URL: at}) })
		wants(t, err, TooLarge, "larger than 10 MB")
		t.Logf("%s: %d bytes, %d MB allocated in all", coding, len(bomb), took>>20)
		if len(r.Body) != limit || took > 100<<20 {
			t.Errorf("%s: %d bytes given, %d MB allocated", coding, len(r.Body), took>>20)
		}
	}
}

// TestManyEmptyMembers: what unpacks to nothing is bounded by what comes.
func TestManyEmptyMembers(t *testing.T) {
	at, c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(bytes.Repeat(pack(nil, "gzip"), 100_000))
	}, func(o *Options) { o.MaxBytes = 1 << 20 })
	_, err := c.Get(t.Context(), Request{URL: at})
	wants(t, err, TooLarge, "larger than 1 MB")
}

// TestManyMembersWithin: what unpacks to nothing may be packed itself, a gigabyte of it in
// a kilobyte.
func TestManyMembersWithin(t *testing.T) {
	members := bytes.Repeat(pack(nil, "gzip"), 100_000)
	for coding, body := range map[string][]byte{
		"gzip, br":       pack(members, "br"),
		"gzip, gzip":     pack(members, "gzip"),
		"":               pack(members, "gzip"),
		"gzip, br, gzip": pack(members, "br", "gzip"),
	} {
		at, c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", coding)
			w.Write(body)
		}, func(o *Options) { o.MaxBytes = 1 << 20 })
		_, err := c.Get(t.Context(), Request{URL: at})
		wants(t, err, TooLarge, "larger than 1 MB")
	}
}
