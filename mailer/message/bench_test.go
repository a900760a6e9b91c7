package message

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"
)

// large is a template of about 40 kB, the size of a long edition.
func large() Template {
	tmpl := sample()
	story := "<p><a href=\"https://news.harbour-observer.example/story\">The council votes</a> on the quay «again», says Ms Sørensen.</p>\n"
	tmpl.HTML = strings.Replace(tmpl.HTML, "</body>", strings.Repeat(story, 240)+"</body>", 1)
	tmpl.Text += strings.Repeat("The council votes on the quay again, says Ms Sørensen.\n", 110)
	return tmpl
}

func BenchmarkCompile(b *testing.B) {
	tmpl := large()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Compile(tmpl); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSplice(b *testing.B) {
	c := compiled(b, large())
	buf := make([]byte, 0, c.Size()+valueRoom)
	b.SetBytes(int64(c.Size()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Splice(buf, anna); err != nil {
			b.Fatal(err)
		}
	}
}

func TestSpliceDoesNotAllocate(t *testing.T) {
	c := compiled(t, large())
	r := anna
	r.Name = "Анна Сёренсен-Длиннофамильная & Co"
	buf := make([]byte, 0, c.Size()+2*valueRoom)
	if n := testing.AllocsPerRun(100, func() {
		if _, err := c.Splice(buf, r); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations a message", n)
	}
}

// BenchmarkSign signs a message of 40 kB. What is above the cost of the signature
// alone ("key") is hashing 40 kB. "Spliced" makes the message, too.
func BenchmarkSign(b *testing.B) {
	msg := spliced(b, large(), anna)
	one, two := testKey(b, "rsa"), testKey(b, "ed25519")
	for name, keys := range map[string][]Key{"rsa": {one}, "ed25519": {two}, "both": {one, two}} {
		b.Run(name, func(b *testing.B) {
			s := signer(b, keys...)
			var buf []byte
			var err error
			b.ReportAllocs()
			for b.Loop() {
				if buf, err = s.Sign(buf[:0], msg); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("spliced/ed25519", func(b *testing.B) {
		s, c := signer(b, two), compiled(b, large())
		var buf []byte
		var err error
		b.ReportAllocs()
		for b.Loop() {
			if buf, err = s.Splice(buf[:0], c, anna); err != nil {
				b.Fatal(err)
			}
		}
	})
	for name, k := range map[string]Key{"rsa": one, "ed25519": two} {
		b.Run("key/"+name, func(b *testing.B) {
			hash := signer(b, k).keys[0].hash
			for b.Loop() {
				if _, err := k.Private.Sign(nil, make([]byte, 32), hash); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("go-msgauth/"+name, func(b *testing.B) {
			o := &dkim.SignOptions{
				Domain: k.Domain, Selector: k.Selector, Signer: k.Private,
				HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
			}
			b.ReportAllocs()
			for b.Loop() {
				if err := dkim.Sign(io.Discard, bytes.NewReader(msg), o); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
