package lint

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// goods are mails that nobody could object to.
var goods = map[string]func(d *draft){
	"as it is":   func(*draft) {},
	"text alone": textAlone,
	"long small print": func(d *draft) {
		alike(d, 4)
		d.beside(strings.Repeat(`<p style="font-size:14px">`+strings.Repeat("rain ", 22)+"</p>", 3))
		d.inText("1 Quay", strings.Repeat(strings.Repeat("rain ", 15)+"\n", 4)+"1 Quay")
	},
	"nothing but small print": func(d *draft) { d.beside(`<p style="font-size:14px">` + strings.Repeat("rain ", 55) + "</p>") },
	"a picture inside": func(d *draft) {
		d.related = picture
		d.inHTML("https://news.harbour-observer.example/media/fog.jpg", "cid:fog@news")
	},
	"private": func(d *draft) {
		d.o.Private = true
		d.inHTML(`<img class="i c" src="https://news.harbour-observer.example/media/fog.jpg" alt="A horn on a rock" width="600" height="337" style="color:#1b1916">`, "The horn")
	},
	"a letter": func(d *draft) {
		d.o.Letter = true
		d.header = without(d.header, "List-", "Feedback-ID")
		d.header = without(d.header, "DKIM")
		d.o.Received = false
	},
	"a notice": func(d *draft) {
		d.header = "Auto-Submitted: auto-generated\n" + without(d.header, "List-", "Feedback-ID", "DKIM")
		d.o.Received = false
	},
	"in Russian": func(d *draft) {
		d.inHeader("The woman who listens for fog", "=?utf-8?b?0JbQtdC90YnQuNC90LA=?=\n =?utf-8?b?INC4INGC0YPQvNCw0L0=?=")
	},
	"a long address": func(d *draft) {
		d.inHeader("<ada@example.org>", "\n <"+strings.Repeat("a", 64)+"@"+strings.Repeat("b", 30)+".example>")
	},
	"a data table": func(d *draft) {
		d.beside(`<table><thead><tr><th>Ferry</th></tr></thead><tr><td>Rose</td></tr></table>`)
	},
	"for all but Outlook": func(d *draft) { d.beside("<!--[if !mso]><!--><p>Hello there, all</p><!--<![endif]-->") },
	"a button": func(d *draft) {
		d.beside(`<p>Do you like what you read here?  <a href="https://news.harbour-observer.example/u/weekly/x7Yt" class="i" style="border:1px solid #000;color:#1b1916;text-decoration:none">Support us</a></p>`)
	},
	"sections with stories": func(d *draft) {
		d.beside("<h2>News</h2><h3>Fog</h3><p>More of it</p><h3>Rain</h3><p>Less</p><h2>Opinion</h2><h3>" + anchor("https://harbour-observer.example/2026/11/17/fog", "Ferry to sail") + "</h3><h3>" + anchor("https://harbour-observer.example/2026/11/17/fog", "Wall to fall") + "</h3>")
	},
	"a machine that may be": func(d *draft) {
		d.o.Inside = []string{"10.0.0.1:8080"}
		d.inHTML("https://news.harbour-observer.example/media/fog.jpg", "https://10.0.0.1:8080/fog.jpg")
	},
	"an empty alt": func(d *draft) {
		d.beside(`<img src="https://news.harbour-observer.example/r.png" alt="" width="600" height="4">`)
	},
	"text on a picture": func(d *draft) {
		d.beside(`<p class="i" style="background:url(https://news.harbour-observer.example/b.png);color:#fff">Over the sea</p>`)
	},
	"a button in its own paper": func(d *draft) { d.beside(`<p class="x" style="background-color:#123;color:#fff">White on blue</p>`) },
	"signed by a relay, too": func(d *draft) {
		d.header = "DKIM-Signature: v=1; a=rsa-sha256; c=simple/simple;\n d=relay.example; h=From:From\n" + d.header
	},
	"a long link": func(d *draft) {
		d.inText("1 Quay", "https://harbour-observer.example/"+strings.Repeat("long/", 20)+"\n\n1 Quay")
	},
	"story about templates": func(d *draft) { d.inText("1 Quay", "A value left undefined, or null, is common.\n\n1 Quay") },
	"links within a sentence": func(d *draft) {
		d.beside(anchor("https://harbour-observer.example/fog/", "The fog") + anchor("https://harbour-observer.example/rain?utm_source=x", "The rain"))
		d.inText("1 Quay", "The fog (https://harbour-observer.example/fog), the rain\n<https://harbour-observer.example/rain>.\n\n1 Quay")
	},
	"https spelt large": func(d *draft) {
		d.inHeader("<https://news.harbour-observer.example/u", "<HTTPS://news.harbour-observer.example/u")
	},
}

// without drops the fields that begin so, with their folded lines.
func without(header string, names ...string) string {
	var kept strings.Builder
	drop := false
	for line := range strings.Lines(header) {
		if !strings.HasPrefix(line, " ") {
			drop = slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(line, n) })
		}
		if !drop {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

func textAlone(d *draft) {
	d.whole = strings.ReplaceAll(d.header, "\n", "\r\n") + "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + qp(d.text)
}

func TestGood(t *testing.T) {
	for name, change := range goods {
		t.Run(name, func(t *testing.T) {
			d := good(t)
			change(d)
			for _, f := range Message(d.bytes(), d.o) {
				t.Errorf("%s %s at %s: %s", f.Severity, f.Rule, f.Where, f.What)
			}
		})
	}
}

// TestBad breaks the good mail in one way at a time: the one rule that is about it
// speaks, and no other. Every rule has a mail that only it objects to.
func TestBad(t *testing.T) {
	told := map[string]bool{}
	for _, b := range bads {
		t.Run(b.rule+"/"+b.name, func(t *testing.T) {
			d := good(t)
			b.change(d)
			found := Message(d.bytes(), d.o)
			if len(found) == 0 {
				t.Fatalf("nobody objects")
			}
			for _, f := range found {
				if f.Rule != b.rule {
					t.Errorf("also %s %s at %s: %s", f.Severity, f.Rule, f.Where, f.What)
				}
			}
			if f := found[0]; f.Where == "" || f.What == "" || f.Do == "" || !strings.Contains(f.Where, b.where) {
				t.Errorf("it says %+v, not at %q", f, b.where)
			}
			told[b.rule] = true
		})
	}
	for _, r := range Rules() {
		if !told[r.Name] {
			t.Errorf("no bad mail for %s", r.Name)
		}
	}
}

// TestRules holds the table to its form.
func TestRules(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Rules() {
		if seen[r.Name] {
			t.Errorf("%s stands twice", r.Name)
		}
		seen[r.Name] = true
		if r.About == "" || r.Source == "" || r.Do == "" || r.Severity != Error && r.Severity != Warning {
			t.Errorf("%+v is not whole", r)
		}
		if len(r.Name) > 22 || strings.HasSuffix(r.About, ".") || !strings.HasSuffix(r.Do, ".") && !strings.HasSuffix(r.Do, ")") && !strings.Contains(r.Do, ": ") && !strings.Contains(r.Do, "=") {
			t.Errorf("%s: %q, %q are not in the form of the others", r.Name, r.About, r.Do)
		}
	}
}

func TestErrorsComeFirst(t *testing.T) {
	d := good(t)
	d.inHeader("MIME-Version: 1.0", "X-Mailer: Me\nMIME-Version: 1.0")
	d.inHTML(` alt="A horn on a rock"`, "")
	d.inHTML("https://harbour-observer.example/2026/11/17/fog\"><img", "http://harbour-observer.example/2026/11/17/fog\"><img")
	found := Message(d.bytes(), d.o)
	if len(found) < 3 || found[0].Severity != Error || found[len(found)-1].Severity != Warning || !slices.IsSortedFunc(found, func(a, b Finding) int { return strings.Compare(string(a.Severity), string(b.Severity)) }) {
		t.Errorf("%+v", found)
	}
	if got := Errors(found); len(got) == 0 || len(got) == len(found) {
		t.Errorf("errors %+v", got)
	}
}

// TestPlaces looks at where a finding says that it is.
func TestPlaces(t *testing.T) {
	d := good(t)
	d.inHTML(` alt="A horn on a rock"`, "")
	line := strings.Count(d.html[:strings.Index(d.html, "<img")], "\n") + 1
	column := strings.Index(d.html, "<img") - strings.LastIndex(d.html[:strings.Index(d.html, "<img")], "\n")
	want := fmt.Sprintf("HTML %d:%d", line, column)
	found := Message(d.bytes(), d.o)
	if !slices.ContainsFunc(found, func(f Finding) bool { return f.Rule == "alt" && f.Where == want }) {
		t.Errorf("%+v, want alt at %s", found, want)
	}
}

// TestHuge gives it what would hang or fell a careless reader: the whole takes two
// seconds, and a step that grows with the square would not come to an end.
func TestHuge(t *testing.T) {
	body := func(media, content string) []byte {
		return []byte("From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: " + media + "\r\n\r\n" + content)
	}
	nested := &strings.Builder{}
	for i := range 3000 {
		fmt.Fprintf(nested, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	for name, eml := range map[string][]byte{
		"nothing":          nil,
		"26 MB":            bytes.Repeat([]byte("a"), 26<<20),
		"folded for ever":  append([]byte("Subject: x\r\n"), bytes.Repeat([]byte(" x\r\n"), 1<<20)...),
		"parts in parts":   []byte(nested.String()),
		"many parts":       body("multipart/mixed; boundary=b", strings.Repeat("--b\r\n\r\nx\r\n", 100_000)),
		"deep HTML":        body("text/html", strings.Repeat("<div>", 200_000)),
		"deep inline":      body("text/html", strings.Repeat("<b><i>", 90_000)),
		"wide HTML":        body("text/html", strings.Repeat("<a href=x>y</a>", 60_000)),
		"many pictures":    body("text/html", strings.Repeat("<img src=x>", 49_000)),
		"many rules":       body("text/html", "<style>"+strings.Repeat(".a .b .c{color:red}", 20_000)+"</style>"+strings.Repeat("<p class='a b c'>x", 10_000)),
		"braces":           body("text/html", "<style>"+strings.Repeat("@media{", 100_000)+"</style>"),
		"stray =":          append(body("text/plain\r\nContent-Transfer-Encoding: quoted-printable", ""), bytes.Repeat([]byte("=\x01\n"), 1<<20)...),
		"long selectors":   body("text/html", "<style>"+strings.Repeat("a ", 300_000)+"{}</style>"),
		"tables in tables": body("text/html", strings.Repeat("<table><tr><td>x", 500)),
		"one word":         body("text/html", strings.Repeat("=?", 400_000)),
		"encoded words":    append(append([]byte("Subject: "), bytes.Repeat([]byte("=?utf-8?q?a?="), 50_000)...), "\r\n\r\n"...),
		"angle brackets":   append(append([]byte("List-Unsubscribe: "), bytes.Repeat([]byte("<"), 500_000)...), "\r\n\r\n"...),
	} {
		t.Run(name, func(t *testing.T) {
			found := Message(eml, Options{Received: true})
			if len(found) == 0 || len(found) > len(Rules())*(mostSaid+1) {
				t.Errorf("%d findings", len(found))
			}
		})
	}
}

func FuzzMessage(f *testing.F) {
	for _, change := range goods {
		d := good(f)
		change(d)
		f.Add(d.bytes())
	}
	for _, b := range bads {
		d := good(f)
		b.change(d)
		if eml := d.bytes(); len(eml) < 1<<16 {
			f.Add(eml)
		}
	}
	known := map[string]Rule{}
	for _, r := range Rules() {
		known[r.Name] = r
	}
	f.Fuzz(func(t *testing.T, eml []byte) {
		o := Options{Received: true, Private: len(eml)%2 == 0, Now: time.Unix(1_800_000_000, 0)}
		found := Message(eml, o)
		if !reflect.DeepEqual(found, Message(eml, o)) {
			t.Error("the same mail, another answer")
		}
		for _, f := range found {
			if r, ok := known[f.Rule]; !ok || r.Severity != f.Severity || f.What == "" || !utf8.ValidString(f.What+f.Where) || strings.ContainsAny(f.What+f.Where, "\r\n\x1b") || len(f.What) > 1000 {
				t.Errorf("%+v", f)
			}
		}
	})
}
