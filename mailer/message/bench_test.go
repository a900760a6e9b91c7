package message

import (
	"strings"
	"testing"
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
