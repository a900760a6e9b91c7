package newsroom_test

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"image"
	"image/color"
	"io"
	"math/rand/v2"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store/storetest"
	"github.com/broadsheet-news/broadsheet/internal/trial"
	"github.com/broadsheet-news/broadsheet/templates"
)

// arrived are the mails that the relay took, by recipient.
func (r *room) arrived() map[string]*letterRead {
	r.t.Helper()
	all := map[string]*letterRead{}
	files, err := filepath.Glob(filepath.Join(r.box.Dir, "new", "*"))
	if err != nil {
		r.t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			r.t.Fatal(err)
		}
		l := readLetter(r.t, text)
		to, err := mail.ParseAddress(l.header.Get("To"))
		if err != nil {
			r.t.Fatal(err)
		}
		l.to = to
		all[to.Address] = l
	}
	return all
}

// letterRead is a message taken apart.
type letterRead struct {
	to         *mail.Address
	header     mail.Header
	raw        string
	text, html string
	pictures   map[string][]byte // by Content-ID
}

func readLetter(t *testing.T, raw []byte) *letterRead {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	l := &letterRead{header: m.Header, raw: string(raw), pictures: map[string][]byte{}}
	var walk func(kind, encoding, id string, body io.Reader)
	walk = func(kind, encoding, id string, body io.Reader) {
		media, params, err := mime.ParseMediaType(kind)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(media, "multipart/") {
			for parts := multipart.NewReader(body, params["boundary"]); ; {
				p, err := parts.NextRawPart()
				if err == io.EOF {
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				walk(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p.Header.Get("Content-ID"), p)
			}
		}
		switch encoding {
		case "quoted-printable":
			body = quotedprintable.NewReader(body)
		case "base64":
			body = base64.NewDecoder(base64.StdEncoding, body)
		}
		content, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		switch media {
		case "text/plain":
			l.text = string(content)
		case "text/html":
			l.html = string(content)
		default:
			l.pictures[strings.Trim(id, "<>")] = content
		}
	}
	walk(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), "", m.Body)
	return l
}

// pictured gives the first stories of the feed a picture each, and an article.
func (r *room) pictured() {
	r.t.Helper()
	file := filepath.Join(r.dir, "feed.xml")
	text, err := os.ReadFile(file)
	if err != nil {
		r.t.Fatal(err)
	}
	for i, name := range []string{"one.png", "two.png"} {
		noise := image.NewGray(image.Rect(0, 0, 400, 300))
		for p := range noise.Pix {
			noise.Pix[p] = uint8(rand.N(256))
		}
		noise.Set(i, i, color.White)
		r.write(name, string(trial.EncodePNG(r.t, noise)))
		text = bytes.Replace(text, []byte("</pubDate><description>"), []byte(`</pubDate ><enclosure url="https://wire.example/`+name+`" type="image/png" length="1"/><description>`), 1)
	}
	article := func(more string) string {
		return `.</description><content:encoded xmlns:content="http://purl.org/rss/1.0/modules/content/"><![CDATA[<p>The article begins.</p><h2>A part</h2><p>The article ends.</p>` + more + `]]></content:encoded>`
	}
	stories := strings.Split(string(text), ".</description>")
	for i := range stories[:len(stories)-1] {
		more := ""
		if i < 2 {
			more = `<p><img src="https://wire.example/two.png" alt="The quay"><img src="https://other.example/pixel.gif" width="1" height="1" alt=""></p>`
		}
		stories[i] += article(more)
	}
	r.write("feed.xml", strings.Join(stories, ""))
}

// sent sends Friday's edition to readers who have chosen the formats, one each, and
// returns what they got.
func (r *room) sent(formats ...string) map[string]*letterRead {
	r.t.Helper()
	for i, f := range formats {
		if _, err := r.n.Add(r.t.Context(), "weekly", address(i), "Reader Name", f, "test"); err != nil {
			r.t.Fatal(err)
		}
	}
	r.ready()
	o := newsroom.SendOptions{}
	if r.set["mirrors"] != "" {
		o.Force = "mirrors of this machine have no https"
	}
	a := r.send(fridays, o)
	if a.Accepted != int64(len(formats)) {
		r.t.Fatalf("accounting %+v", a)
	}
	return r.arrived()
}

var newYear = settings{"greeting": "true", "look": `{support: {title: APPEAL, monthly: [{amount: 5 €, url: "https://pay.example/5"}]}, logo: "https://observer.example/logo.png", logo_width: 100, logo_height: 20}`}

// TestPrivateMail: what a reader gets where private is the usual form, by a newsletter
// with everything that a private mail leaves out.
func TestPrivateMail(t *testing.T) {
	change := settings{"format": "private", "private": `{subject: "Post of {date}", from_name: Post, pictures: 60kB}`, "unsubscribe_mailto": "leave@observer.example"}
	for k, v := range newYear {
		change[k] = v
	}
	boxed(t, change, func(t *testing.T, r *room) {
		r.pictured()
		got := r.sent("", "private", "digest")
		one, two, digested := got[address(0)], got[address(1)], got[address(2)]
		for _, l := range []*letterRead{one, two} {
			if l.to.Name != "" || strings.Contains(l.raw, "Reader Name") {
				t.Error("it names its reader")
			}
			for part, text := range map[string]string{"HTML": l.html, "text": l.text} {
				for _, bad := range []string{newsroom.PathPreferences + "weekly/", newsroom.PathMedia, "APPEAL", "pay.example", "logo.png", "Dear"} {
					if strings.Contains(text, bad) {
						t.Errorf("its %s holds %s", part, bad)
					}
				}
				if !strings.Contains(text, newsroom.PathUnsubscribe+"weekly/") || !strings.Contains(text, "https://wire.example/harbour-crane") {
					t.Errorf("its %s has no way to leave, or no stories", part)
				}
			}
			for field, want := range map[string]string{
				"Subject": "Post of Friday, 27 November 2026", "From": "Post <news@observer.example>",
				"List-Id": "<weekly.news.observer.example>", "List-Archive": "", "Feedback-Id": ":::observer",
			} {
				if have := l.header.Get(field); have != want {
					t.Errorf("%s: %q, want %q", field, have, want)
				}
			}
			shown := regexp.MustCompile(`src="cid:([^"]+)"`).FindAllStringSubmatch(l.html, -1)
			size := 0
			for _, m := range shown {
				size += len(l.pictures[m[1]])
			}
			if len(shown) != 2 || len(l.pictures) != 2 || size > 60_000 || size < 10_000 {
				t.Errorf("it shows %q of %d pictures, %d bytes of 60,000", shown, len(l.pictures), size)
			}
			if strings.Contains(l.html, "src=\"http") {
				t.Error("it fetches a picture")
			}
		}
		if a, b := shared(one), shared(two); a != b {
			t.Errorf("two readers' mails differ:\n%s\n%s", a, b)
		}
		if !strings.Contains(digested.html, newsroom.PathMedia) || !strings.Contains(digested.raw, "Reader Name") {
			t.Error("who chose the digest did not get it")
		}
		if choice := r.formatsStored(); choice != ",,digest" {
			t.Errorf("stored: %q", choice)
		}
	})
}

// token is what stands in a link or a Message-ID of one reader's.
var token = regexp.MustCompile(`(/u/weekly/|subject=|Message-ID: <|leave\+)[A-Za-z0-9_-]+`)

// shared is a private mail without what its reader's own mail must have.
func shared(l *letterRead) string {
	text := strings.ReplaceAll(l.raw, l.to.Address, "READER")
	text = strings.ReplaceAll(text, "=\r\n", "")
	return token.ReplaceAllString(text, "${1}TOKEN")
}

// formatsStored are the formats that the readers' rows hold.
func (r *room) formatsStored() string {
	r.t.Helper()
	var b bytes.Buffer
	if err := r.n.Export(r.t.Context(), &b, newsroom.ExportOptions{Newsletter: "weekly"}); err != nil {
		r.t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		r.t.Fatal(err)
	}
	column := slices.IndexFunc(rows[0], func(name string) bool {
		return strings.EqualFold(strings.TrimLeft(name, "\ufeff"), "format") || strings.EqualFold(name, "variant")
	})
	var all []string
	for _, row := range rows[1:] {
		all = append(all, row[column])
	}
	slices.Sort(all) // readers stand in no order
	return strings.Join(all, ",")
}

// TestFormatsAreMailed: each reader gets what they chose, and who chose what is not to
// be had the usual one; but private stays private.
func TestFormatsAreMailed(t *testing.T) {
	boxed(t, settings{"formats": "[full]"}, func(t *testing.T, r *room) {
		r.pictured()
		got := r.sent("", "full", "text", "private")
		if l := got[address(0)]; strings.Contains(l.html, "The article ends.") || !strings.Contains(l.html, newsroom.PathMedia) {
			t.Error("the digest is not what is usual")
		}
		if l := got[address(1)]; !strings.Contains(l.html, "The article ends.") || !strings.Contains(l.text, "The article ends.") {
			t.Error("the full text lacks the articles")
		} else if n := strings.Count(l.html, `alt="The quay" width="`); n != 2 || strings.Contains(l.html, "other.example") {
			t.Errorf("the quay is shown %d times, want it within one article and at the top of another; or a picture is fetched elsewhere", n)
		}
		if l := got[address(2)]; l.html != "" || !strings.Contains(l.text, "harbour-crane") {
			t.Error("text is not text alone")
		}
		if l := got[address(3)]; strings.Contains(l.raw, "src=3D\"http") || len(l.pictures) == 0 {
			t.Error("private is not private where it is not offered")
		}
	})
	boxed(t, nil, func(t *testing.T, r *room) {
		r.pictured()
		if l := r.sent("full")[address(0)]; !strings.Contains(l.html, newsroom.PathMedia) || strings.Contains(l.html, "The article ends.") {
			t.Error("who chose the full text of a newsletter without one does not get the usual")
		}
	})
}

// TestImportKnowsFormats: in other programs' words too, and the usual leaves no mark.
func TestImportKnowsFormats(t *testing.T) {
	storetest.SomeDSN(t, func(t *testing.T, dsn func() string) {
		r := newRoom(t, dsn(), settings{"format": "private"})
		file := "email,format\na@x.example,Private\nb@x.example,html\nc@x.example,plain\nd@x.example,digest\ne@x.example,folio\nf@x.example,\n"
		report, err := r.n.Import(t.Context(), strings.NewReader(file), newsroom.ImportOptions{Newsletter: "weekly", Basis: "test"})
		if err != nil || report.Added != 6 || report.UnknownFormat != 1 {
			t.Fatalf("%+v, %v", report, err)
		}
		if got := r.formatsStored(); got != ",,,,digest,text" {
			t.Errorf("stored: %q", got)
		}
		if _, err := r.n.Add(t.Context(), "weekly", "g@x.example", "", "folio", ""); err == nil || !strings.Contains(err.Error(), "there are digest, full, text and private") {
			t.Errorf("error %v", err)
		}
	})
}

// TestTestMailsTakeAForm: the usual one, or the one that is asked for.
func TestTestMailsTakeAForm(t *testing.T) {
	boxed(t, settings{"format": "private", "private": `{subject: Post}`}, func(t *testing.T, r *room) {
		if _, err := r.n.Draft(t.Context(), "weekly", "2026-11-27", true); err != nil {
			t.Fatal(err)
		}
		for as, subject := range map[templates.Variant]string{"": "[DRAFT] Post", "private": "[DRAFT] Post", "digest": "[DRAFT] Harbour crane"} {
			to := string("t" + as + "@x.example")
			if _, err := r.n.Test(t.Context(), fridays, []string{to}, as); err != nil {
				t.Fatal(err)
			}
			if got := r.arrived()[to].header.Get("Subject"); !strings.HasPrefix(got, subject) {
				t.Errorf("as %q: subject %q, want %q", as, got, subject)
			}
		}
		if _, err := r.n.Test(t.Context(), fridays, []string{"x@x.example"}, "full"); err == nil || !strings.Contains(err.Error(), `is not mailed as "full"`) {
			t.Errorf("error %v", err)
		}
	})
}

// TestEveryThemeMailsEveryForm: a theme that shows no pictures sends none along.
func TestEveryThemeMailsEveryForm(t *testing.T) {
	for _, theme := range templates.ThemeNames() {
		t.Run(theme, func(t *testing.T) {
			boxed(t, settings{"formats": "[full]", "look": "{theme: " + theme + "}"}, func(t *testing.T, r *room) {
				r.pictured()
				l := r.sent("", "full", "text", "private")[address(3)]
				if shown := strings.Count(l.html, `src="cid:`); shown != len(l.pictures) {
					t.Errorf("it shows %d pictures, and carries %d", shown, len(l.pictures))
				}
			})
		})
	}
}
