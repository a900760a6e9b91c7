package subscribers

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// readWhole is readAll for ReadFile: "2 a@x.org|Ann|en|full unsubscribed" for a row.
func readWhole(r io.Reader, o FileOptions) (out []string, layouts []Layout) {
	o.Layout = func(l Layout) { layouts = append(layouts, l) }
	for row, err := range ReadFile(r, o) {
		if bad, ok := errors.AsType[*Bad](err); ok {
			out = append(out, strings.TrimSpace(fmt.Sprintf("%s %d! %s", bad.File, bad.Line, bad.Reason)))
			continue
		}
		if err != nil {
			out = append(out, "! "+err.Error())
			continue
		}
		out = append(out, strings.TrimSpace(fmt.Sprintf("%d %s|%s|%s|%s %s", row.Line, row.Address.Typed, row.Name, row.Language, row.Variant, row.Standing)))
	}
	return out, layouts
}

func gzipped(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func zipped(t testing.TB, files map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, files[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// exported is a file as a program wrote it, but for the readers.
func exported(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/exports/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func mailchimp(t testing.TB) map[string]string {
	return map[string]string{
		"export/subscribed_email_audience_export_ab12.csv":    exported(t, "mailchimp-subscribed.csv"),
		"export/unsubscribed_email_audience_export_ab12.csv":  exported(t, "mailchimp-unsubscribed.csv"),
		"export/cleaned_email_audience_export_ab12.csv":       exported(t, "mailchimp-cleaned.csv"),
		"export/nonsubscribed_email_audience_export_ab12.csv": exported(t, "mailchimp-subscribed.csv"),
		"export/granular_activity/opens.csv":                  "Email\nopener@x.org\n",
		"export/readme.html":                                  "<p>",
		"__MACOSX/export/._subscribed_email_audience.csv":     "\x00\x05",
	}
}

var mailchimpRows = []string{
	"2 cy@canary.example|Cy Canary|| cleaned",
	"3 di@canary.example||| cleaned",
	"2 eve@canary.example|Eve|| unsubscribed",
	"3 fay@canary.example||| unsubscribed",
	"2 ada@canary.example|Ada Canary||",
	"3 Bob@canary.example|Bob Canary||",
	"subscribed_email_audience_export_ab12.csv 4! its address is refused: it has no @",
}

func TestReadFileKnowsTheExports(t *testing.T) {
	for _, c := range []struct {
		name, in, program, format string
		want                      []string
	}{
		{"Mailchimp's ZIP", zipped(t, mailchimp(t)), "Mailchimp", "CSV", mailchimpRows},
		{"a file of Mailchimp's", exported(t, "mailchimp-unsubscribed.csv"), "Mailchimp", "CSV", []string{
			"2 eve@canary.example|Eve|| unsubscribed", "3 fay@canary.example||| unsubscribed",
		}},
		{"Ghost", exported(t, "ghost.csv"), "Ghost", "CSV", []string{
			"2 ada@canary.example|Ada Canary||", "3 bob@canary.example|Bob|| unsubscribed", "4 cy@canary.example||| unsubscribed",
			"5! whether its reader is subscribed says neither true nor false",
		}},
		{"listmonk", exported(t, "listmonk.csv"), "listmonk", "CSV", []string{
			"2 ada@canary.example|Ada Canary||", "3 bob@canary.example|Bob|| unsubscribed", "4 cy@canary.example|Cy|| blocklisted",
			"5! its status is no word that is known (subscribed, unsubscribed, bounced, blocklisted, ...): name the column otherwise if it is about something else",
		}},
		{"Substack", exported(t, "substack.csv"), "Substack", "CSV", []string{
			"2 ada@canary.example|||", "3 bob@canary.example||| unsubscribed", "4 cy@canary.example|||",
		}},
		{"Substack's ZIP", zipped(t, map[string]string{
			"email_list.canary.csv": exported(t, "substack.csv"), "posts.csv": "post_id,title\n1,x\n", "posts/1.opens.csv": "post_id,email\n1,opener@x.org\n",
		}), "Substack", "CSV", []string{"2 ada@canary.example|||", "3 bob@canary.example||| unsubscribed", "4 cy@canary.example|||"}},
		{"JSON lines of listmonk's", exported(t, "listmonk.jsonl"), "listmonk", "JSON lines", []string{
			"1 ada@canary.example|Ada \"A\" Canary||", "3 bob@canary.example||| blocklisted",
			"4! it is not a JSON object: look at its quotes, commas and braces", "5 cy@canary.example|||",
		}},
		{"JSON array", exported(t, "members.json"), "", "JSON", []string{
			"2 ada@canary.example|Ada|en|", "6 bob@canary.example||| unsubscribed", "9! its address is refused: it is empty",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for how, in := range map[string]io.Reader{"a file": strings.NewReader(c.in), "a pipe": struct{ io.Reader }{strings.NewReader(c.in)}} {
				got, layouts := readWhole(in, FileOptions{})
				if !slices.Equal(got, c.want) {
					t.Errorf("%s: got\n%s\nwant\n%s", how, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
				}
				i := slices.IndexFunc(layouts, func(l Layout) bool { return l.Skipped == "" })
				if i < 0 || layouts[i].Program != c.program || layouts[i].Format != c.format {
					t.Errorf("%s: understood as %+v", how, layouts)
				}
			}
			if packing([]byte(c.in)) == "" {
				if got, layouts := readWhole(strings.NewReader(gzipped(t, c.in)), FileOptions{}); !slices.Equal(got, c.want) || layouts[0].Packed != "gzip" {
					t.Errorf("in gzip: got\n%s", strings.Join(got, "\n"))
				}
			}
		})
	}
}

func TestLayoutSaysWhatIsDropped(t *testing.T) {
	_, layouts := readWhole(strings.NewReader(zipped(t, mailchimp(t))), FileOptions{})
	skipped := map[string]string{}
	for _, l := range layouts {
		skipped[l.File] = l.Skipped
	}
	want := map[string]string{
		"subscribed_email_audience_export_ab12.csv": "", "unsubscribed_email_audience_export_ab12.csv": "", "cleaned_email_audience_export_ab12.csv": "",
		"nonsubscribed_email_audience_export_ab12.csv": "these never subscribed",
		"opens.csv":   "it is not one of the lists of readers in this archive",
		"readme.html": "it is no CSV, TSV or JSON", "._subscribed_email_audience.csv": "it is another system's",
	}
	if !maps.Equal(skipped, want) {
		t.Errorf("got %v", skipped)
	}
	why := map[string]string{}
	for _, l := range layouts {
		if l.File == "subscribed_email_audience_export_ab12.csv" {
			for _, u := range l.Columns {
				why[u.Name] = string(u.As) + u.Why
			}
		}
	}
	for name, want := range map[string]string{
		"Email Address": "address", "First Name": "first name", "OPTIN_IP": "an IP address is not needed", "CONFIRM_IP": "an IP address is not needed",
		"LATITUDE": "where a reader is, is not needed", "MEMBER_RATING": "a rating is not needed", "Company": "there is no use for it here",
	} {
		if why[name] != want {
			t.Errorf("%s: %q, want %q", name, why[name], want)
		}
	}
	_, layouts = readWhole(strings.NewReader("email,ada@canary.example\nb@x.org,x\n"), FileOptions{})
	if u := layouts[0].Columns[1]; u.Name != "" {
		t.Errorf("a header's address is shown: %+v", u)
	}
}

func TestReadFileInsists(t *testing.T) {
	for _, c := range []struct {
		format, in string
		want       []string
	}{
		{"tsv", "email\tname, all\na@x.org\tAnn\n", []string{"2 a@x.org|||"}},
		{"json", "\n\n{\"email\":\"a@x.org\"}\n", []string{"3 a@x.org|||"}},
		{"csv", "{x},email\n1,a@x.org\n", []string{"2 a@x.org|||"}},
		{"ghost", "email\na@x.org\n", []string{"! this is not a file of ghost's: its columns are others"}},
	} {
		if got, _ := readWhole(strings.NewReader(c.in), FileOptions{Format: c.format}); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.format, got, c.want)
		}
	}
}

func TestReadFileRefuses(t *testing.T) {
	encrypted := []byte(zipped(t, map[string]string{"list.csv": "email\na@x.org\n"}))
	for _, head := range []string{"PK\x03\x04", "PK\x01\x02"} {
		at := bytes.Index(encrypted, []byte(head)) + len(head) + 2
		if head == "PK\x01\x02" {
			at += 2
		}
		encrypted[at] |= 1
	}
	many := map[string]string{}
	for i := range maxFiles + 1 {
		many[fmt.Sprint(i)] = ""
	}
	long := map[string]string{}
	for i := range 200 {
		long[fmt.Sprint(i, strings.Repeat("x", 30_000))] = ""
	}
	for name, c := range map[string]struct{ in, want string }{
		"nothing in a ZIP":  {zipped(t, nil), "the ZIP holds no list of readers"},
		"no list in a ZIP":  {zipped(t, map[string]string{"a.csv": "town,street\nx,y\n", "b.png": "x"}), "the ZIP holds no list of readers"},
		"a workbook":        {zipped(t, map[string]string{"[Content_Types].xml": "x"}), "save the list as CSV"},
		"a ZIP in a ZIP":    {zipped(t, map[string]string{"a.csv": zipped(t, nil)}), "a.csv in the ZIP is packed itself (ZIP)"},
		"gzip in a ZIP":     {zipped(t, map[string]string{"a.csv": gzipped(t, "email")}), "a.csv in the ZIP is packed itself (gzip)"},
		"gzip in gzip":      {gzipped(t, gzipped(t, "email\na@x.org")), "this is gzip in gzip"},
		"a ZIP in gzip":     {gzipped(t, zipped(t, nil)), "this is ZIP in gzip"},
		"a password":        {string(encrypted), "has a password"},
		"half a ZIP":        {zipped(t, map[string]string{"a.csv": "email"})[:40], "the ZIP is damaged, or cut short"},
		"half of a gzip":    {gzipped(t, "email\n"+strings.Repeat("a@x.org\n", 9))[:20], "the gzip is damaged, or cut short"},
		"too many files":    {zipped(t, many), "holds 10,001 files"},
		"a long directory":  {zipped(t, long), "table of contents is too long"},
		"a bomb in a ZIP":   {zipped(t, map[string]string{"a.csv": "email\n" + strings.Repeat(strings.Repeat(" ", 1000)+"\n", 9000)}), "more than 250 times its size"},
		"a bomb in gzip":    {gzipped(t, "email\n"+strings.Repeat(strings.Repeat(" ", 1000)+"\n", 9000)), "more than 250 times its size"},
		"one line for ever": {gzipped(t, "email\n"+strings.Repeat("x", 9<<20)), "more than 250 times its size"},
		"bzip2":             {"BZh91AY&SY", "this is a bzip2 file: unpack it"},
		"an open array":     {`[{"email":"a@x.org"},`, "the JSON array is not closed"},
		"an open object":    {`[{"email":"a@x.org"`, "longer than 64 kB, or not closed"},
		"an array of texts": {`["a@x.org"]`, "holds something that is no object"},
		"no key of address": {`{"name":"Ann"}`, "none of its objects has a key"},
	} {
		got, _ := readWhole(strings.NewReader(c.in), FileOptions{})
		if len(got) == 0 || !strings.HasPrefix(got[len(got)-1], "! ") || !strings.Contains(got[len(got)-1], c.want) {
			t.Errorf("%s: got %.300q, want %q", name, got[max(0, len(got)-1):], c.want)
		}
	}
	if got, _ := readWhole(io.MultiReader(strings.NewReader("PK\x03\x04"), io.LimitReader(zero{}, maxInMemory)), FileOptions{}); len(got) != 1 || !strings.Contains(got[0], "cannot be read from a pipe") {
		t.Errorf("a large ZIP through a pipe: %q", got)
	}
}

type zero struct{}

func (zero) Read(b []byte) (int, error) { return len(b), nil }

func TestReadFileEncodings(t *testing.T) {
	const text = "email,name\na@x.org,Ёжиков Семён Петрович\nb@x.org,Щукина Любовь Яковлевна\nc@x.org,Андреева Дарья Николаевна\n"
	cyrillic := []string{"2 a@x.org|Ёжиков Семён Петрович||", "3 b@x.org|Щукина Любовь Яковлевна||", "4 c@x.org|Андреева Дарья Николаевна||"}
	for _, c := range []struct{ name, in, charset string }{
		{"Windows-1251", encoded(t, charmap.Windows1251.NewEncoder().String, text), "windows-1251"},
		{"KOI8-R", encoded(t, charmap.KOI8R.NewEncoder().String, text), "koi8-r"},
		{"UTF-16LE without a mark", encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String, text), "UTF-16LE"},
		{"UTF-16BE without a mark", encoded(t, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().String, text), "UTF-16BE"},
		{"UTF-8", text, "UTF-8"},
		{"encoded twice", "email,name\na@x.org," + encoded(t, mangle, "Ёжиков Семён Петрович") + "\nb@x.org," + encoded(t, mangle, "Щукина Любовь Яковлевна") + "\nc@x.org," + encoded(t, mangle, "Андреева Дарья Николаевна"), "UTF-8"},
	} {
		got, layouts := readWhole(strings.NewReader(c.in), FileOptions{})
		if !slices.Equal(got, cyrillic) || layouts[0].Charset != c.charset {
			t.Errorf("%s: got %q in %s", c.name, got, layouts[0].Charset)
		}
	}
	western := encoded(t, charmap.Windows1252.NewEncoder().String, "email,name\n"+strings.Repeat("a@x.org,André Müller-Lüdenscheidt\n", 30))
	got, layouts := readWhole(strings.NewReader(western), FileOptions{})
	if got[29] != "31 a@x.org|André Müller-Lüdenscheidt||" || layouts[0].Charset != "UTF-8" {
		t.Errorf("Windows-1252: got %q in %s", got[29], layouts[0].Charset)
	}
	for _, name := range []string{"José", "Ã", "Zoë Ã", "naïve €", "Łukasz", "Ёж"} {
		if got := unmangled(name); got != name {
			t.Errorf("%q became %q", name, got)
		}
	}
	if got := unmangled("JosÃ© NÃºÃ±ez"); got != "José Núñez" {
		t.Errorf("got %q", got)
	}
}

// mangle encodes twice, as programs do that take UTF-8 for Windows-1252.
func mangle(s string) (string, error) {
	var out []rune
	for _, b := range []byte(s) {
		r := charmap.Windows1252.DecodeByte(b)
		if r == '\ufffd' {
			r = rune(b)
		}
		out = append(out, r)
	}
	return string(out), nil
}

func encoded(t *testing.T, encode func(string) (string, error), s string) string {
	t.Helper()
	out, err := encode(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestReadFileFirst(t *testing.T) {
	got, layouts := readWhole(strings.NewReader(zipped(t, mailchimp(t))), FileOptions{First: 1})
	if want := []string{mailchimpRows[0], mailchimpRows[2], mailchimpRows[4]}; !slices.Equal(got, want) || len(layouts) != 7 {
		t.Errorf("got %q", got)
	}
}
