package subscribers

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"
)

// csvOptions are what a test knows about a file. The zero value finds out.
type csvOptions struct {
	charset string
	layout  func(Layout)
}

// readCSV reads a file as CSV, whatever it is.
func readCSV(r io.Reader, o csvOptions) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		in, charset, err := openLines(r, o.charset)
		if err != nil {
			yield(Row{}, err)
			return
		}
		eachRow(func() (rowReader, error) { return openCSV(in, charset, 0, o.layout) }, yield)
	}
}

// readAll reads a file to one line of text for each row: "2 ann@x.org|Ann|en|full"
// for a good one, "2! reason" for a bad one, "! error" at the end.
func readAll(r io.Reader, o csvOptions) []string {
	var out []string
	for row, err := range readCSV(r, o) {
		if bad, ok := errors.AsType[*Bad](err); ok {
			out = append(out, fmt.Sprintf("%d! %s", bad.Line, bad.Reason))
			continue
		}
		if err != nil {
			out = append(out, "! "+err.Error())
			continue
		}
		out = append(out, fmt.Sprintf("%d %s|%s|%s|%s", row.Line, row.Address.Typed, row.Name, row.Language, row.Variant))
	}
	return out
}

func TestReadCSV(t *testing.T) {
	const quotes = brokenQuote
	for _, c := range []struct {
		name, in string
		want     []string
	}{
		{"header", "email,name\na@x.org,Ann\n", []string{"2 a@x.org|Ann||"}},
		{"header, other words", "Last Name;First-Name;E-Mail Address;LOCALE;Format\nLee;Ann;a@x.org;pt_br;TEXT\n", []string{"2 a@x.org|Ann Lee|pt-BR|text"}},
		{"postal address beside the other", "Address,Email\n1 High Street,a@x.org\n", []string{"2 a@x.org|||"}},
		{"address alone", "Address,Name\na@x.org,Ann\n", []string{"2 a@x.org|Ann||"}},
		{"full name before its parts", "first name,name,last name,email\nA,Ann Lee,L,a@x.org", []string{"2 a@x.org|Ann Lee||"}},
		{"language in words is none", "email,lang\na@x.org,English\n", []string{"2 a@x.org|||"}},
		{"no header", "a@x.org\nb@x.org", []string{"1 a@x.org|||", "2 b@x.org|||"}},
		{"no header, first is bad", "a@x@org\nb@x.org\n", []string{"1! its address is refused: it has more than one @", "2 b@x.org|||"}},
		{"no header, empty cells behind", "a@x.org;;\nb@x.org;;\n", []string{"1 a@x.org|||", "2 b@x.org|||"}},
		{"no header, several columns", "a@x.org,Ann\n", []string{"! line 1: none of its 2 columns is named as one of addresses: add a first line that names them, such as email,name"}},
		{"tabs", "email\tname\na@x.org\tAnn, Lee\n", []string{"2 a@x.org|Ann, Lee||"}},
		{"separator named by Excel", "sep=;\nemail;name\na@x.org;Lee, Ann\n", []string{"3 a@x.org|Lee, Ann||"}},
		{"comma and semicolon alike often", "email;name,or nick\na@x.org;Ann\n", []string{"2 a@x.org|||"}},
		{"empty lines", "\n\nemail,name\n\n,\na@x.org,\n", []string{"6 a@x.org|||"}},
		{"empty", "", nil},
		{"line ends of Windows", "email,name\r\na@x.org,Ann\r\n", []string{"2 a@x.org|Ann||"}},
		{"line ends of old Macs", "email,name\ra@x.org,Ann\rb@x.org,Bob", []string{"2 a@x.org|Ann||", "3 b@x.org|Bob||"}},
		{"quotes", "email,name\na@x.org,\"Lee, \"\"Ann\"\"\"\n", []string{`2 a@x.org|Lee, "Ann"||`}},
		{"quotes inside", "email,name\na@x.org,Ann \"Nan\" Lee\n", []string{`2 a@x.org|Ann "Nan" Lee||`}},
		{"space before and behind quotes", "email,name\n\"a@x.org\" , \"Lee, Ann\"\n", []string{"2 a@x.org|Lee, Ann||"}},
		{"line break in quotes", "email,notes,name\na@x.org,\"one\ntwo\n\nfour\",Ann\nb@x.org,,Bob\n", []string{"2 a@x.org|Ann||", "6 b@x.org|Bob||"}},
		{"too many cells", "email,name\na@x.org,Lee,Ann\nb@x.org,Bob,\n", []string{"2! it has 3 cells where 2 belong: put a cell that holds the separator in quotes", "3 b@x.org|Bob||"}},
		{"too few cells", "name,email\nAnn\nBob,b@x.org\n", []string{"2! its address is refused: it is empty", "3 b@x.org|Bob||"}},
		{"open quote", "email,name\na@x.org,\"Ann\nb@x.org,Bob\nc@x.org,\"Cy\"\n", []string{"2! " + quotes, "3 b@x.org|Bob||", "4 c@x.org|Cy||"}},
		{"open quote that the next one closes", "email,name\na@x.org,\"\nb@x.org,\"\nc@x.org,Cy\n", []string{"2! " + quotes, "3! " + quotes, "4 c@x.org|Cy||"}},
		{"open quote at the end", "email,name\na@x.org,Ann\nb@x.org,\"Bob\n", []string{"2 a@x.org|Ann||", "3! " + quotes}},
		{"text behind a quote", "email,name\na@x.org,\"Ann\" Lee\nb@x.org,Bob\n", []string{"2! " + quotes, "3 b@x.org|Bob||"}},
		{"open quote in the header", "email,\"name\na@x.org,Ann\n", []string{"! line 1: the header cannot be read: " + quotes}},
		{"NUL", "email,name\na@x.org,A\x00nn\nb@x.org,Bob\n", []string{"2! it holds NUL bytes: save the file as UTF-8", "3 b@x.org|Bob||"}},
		{"Windows-1252 in one line", "email,name\na@x.org,Andr\xe9 \x80\nb@x.org,André\n", []string{"2 a@x.org|André €||", "3 b@x.org|André||"}},
		{"formulas of an export", "email,name\n'+a@x.org,'=1+1\nb@x.org,''=x\nc@x.org,'Bob\n", []string{"2 +a@x.org|=1+1||", "3 b@x.org|'=x||", "4 c@x.org|'Bob||"}},
		{"name with a line break", "email,name\na@x.org,\"Ann\r\nBcc: b\"\n", []string{"2 a@x.org|Ann Bcc: b||"}},
		{"no header, quoted over two lines", "\"a@x.org\n\"\nb@x.org\n", []string{"1 a@x.org|||", "3 b@x.org|||"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := readAll(strings.NewReader(c.in), csvOptions{}); !slices.Equal(got, c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
			slow := iotest.OneByteReader(strings.NewReader(c.in))
			if got := readAll(slow, csvOptions{}); !slices.Equal(got, c.want) {
				t.Errorf("a byte at a time: got\n%s", strings.Join(got, "\n"))
			}
		})
	}
}

func TestReadCSVEncodings(t *testing.T) {
	const text = "email,name\r\na@x.org,Ёж €\r\n"
	utf16 := func(e unicode.Endianness) encoding.Encoding { return unicode.UTF16(e, unicode.UseBOM) }
	encode := func(e encoding.Encoding, s string) string {
		out, err := e.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for _, c := range []struct{ name, in, asked, charset string }{
		{"UTF-8", text, "", "UTF-8"},
		{"UTF-8 with mark", "\ufeff" + text, "", "UTF-8"},
		{"the mark goes before the asker", "\ufeff" + text, "windows-1251", "UTF-8"},
		{"UTF-16, little end first", encode(utf16(unicode.LittleEndian), text), "", "UTF-16LE"},
		{"UTF-16, big end first", encode(utf16(unicode.BigEndian), text), "", "UTF-16BE"},
		{"asked for", encode(charmap.Windows1251, text), "windows-1251", "windows-1251"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var layout Layout
			o := csvOptions{charset: c.asked, layout: func(l Layout) { layout = l }}
			got := readAll(strings.NewReader(c.in), o)
			if want := []string{"2 a@x.org|Ёж €||"}; !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
			columns := []ColumnUse{{Name: "email", As: ColumnAddress}, {Name: "name", As: ColumnName}}
			if layout.Charset != c.charset || layout.Comma != ',' || !layout.Header || !slices.Equal(layout.Columns, columns) {
				t.Errorf("layout %+v", layout)
			}
		})
	}
	for in, want := range map[string]string{
		"\xff\xfe\x00\x00a": "! the file is in UTF-32: save it as UTF-8",
	} {
		if got := readAll(strings.NewReader(in), csvOptions{}); !slices.Equal(got, []string{want}) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	got := readAll(strings.NewReader(text), csvOptions{charset: "latin-one-ish"})
	if len(got) != 1 || !strings.Contains(got[0], `"latin-one-ish" is not known`) {
		t.Errorf("unknown encoding: got %q", got)
	}
}

func TestReadCSVLimits(t *testing.T) {
	long := "email,name\na@x.org," + strings.Repeat("x", maxLine) + "\nb@x.org,Bob\n"
	want := []string{"2! it is longer than 64 kB", "3 b@x.org|Bob||"}
	if got := readAll(strings.NewReader(long), csvOptions{}); !slices.Equal(got, want) {
		t.Errorf("long line: got %.200q", got)
	}
	// A quote that nothing closes, before more lines than a record may have, none
	// of which reads as a row.
	open := "email,name\na@x.org,\"Ann\n" + strings.Repeat("-\n", 3*maxRecordLines) + "b@x.org,Bob\n"
	got := readAll(strings.NewReader(open), csvOptions{})
	if len(got) != 3*maxRecordLines+2 || got[0] != "2! "+brokenQuote || got[len(got)-1] != "303 b@x.org|Bob||" {
		t.Errorf("open quote: got %d, first %q, last %q", len(got), got[0], got[len(got)-1])
	}
	broken := errors.New("disk on fire")
	in := io.MultiReader(strings.NewReader("email\na@x.org\n"), iotest.ErrReader(broken))
	got = readAll(in, csvOptions{})
	if len(got) == 0 || got[len(got)-1] != "! read the file: disk on fire" {
		t.Errorf("broken disk: got %q", got)
	}
}

func TestReadCSVStopsWhenAsked(t *testing.T) {
	seen := 0
	for range readCSV(strings.NewReader("email\na@x.org\nb@x.org\nc@x.org\n"), csvOptions{}) {
		if seen++; seen == 2 {
			break
		}
	}
	if seen != 2 {
		t.Errorf("saw %d rows, want 2", seen)
	}
}

func rowsOf(rows []Row) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func TestWriteCSVGuardsFormulas(t *testing.T) {
	var out bytes.Buffer
	rows := []Row{
		{Address: Address{Typed: "=cmd@x.org"}, Name: "=1+1"},
		{Address: Address{Typed: "a@x.org"}, Name: "@sum(a1)", Language: "en", Variant: "text", NoAppeal: ForGood, Paused: "2027-01-22T08:15:30Z"},
		{Address: Address{Typed: "b@x.org"}, Name: "'-x"},
		{Address: Address{Typed: "c@x.org"}, Name: `Lee, "Ann"`},
	}
	if err := WriteCSV(&out, rowsOf(rows), false); err != nil {
		t.Fatal(err)
	}
	want := "email,name,language,format,no appeal until,paused until\n'=cmd@x.org,'=1+1,,,,\na@x.org,'@sum(a1),en,text,for good,2027-01-22T08:15:30Z\nb@x.org,''-x,,,,\nc@x.org,\"Lee, \"\"Ann\"\"\",,,,\n"
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
	broken := errors.New("the store is gone")
	err := WriteCSV(io.Discard, func(yield func(Row, error) bool) { yield(Row{}, broken) }, false)
	if !errors.Is(err, broken) {
		t.Errorf("got %v, want the error of the rows", err)
	}
	if err := WriteCSV(iotestFullDisk{}, rowsOf(slices.Repeat(rows, 100)), false); err == nil {
		t.Error("a full disk was not reported")
	}
}

type iotestFullDisk struct{}

func (iotestFullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// TestBadRowsCostThemselves puts bad rows of every kind among good ones: no good
// row is lost, and every bad one is named by its line.
func TestBadRowsCostThemselves(t *testing.T) {
	bad := []string{"no-at,Ann", `x@x.org,"Ann`, `x@x.org,"Ann" Lee`, "x@x.org,Lee,Ann", "\x00,Ann", `"x@x.org,Ann`, `x@x.org,"`, "x@,Ann", `x@x.org,""Ann"`}
	rapid.Check(t, func(t *rapid.T) {
		file := "email,name\n"
		var want []string
		for i := range rapid.IntRange(1, 30).Draw(t, "rows") {
			if rapid.Bool().Draw(t, "bad") {
				file += rapid.SampledFrom(bad).Draw(t, "row") + "\n"
				want = append(want, fmt.Sprintf("%d!", i+2))
				continue
			}
			file += fmt.Sprintf("r%d@x.org,Ann\n", i)
			want = append(want, fmt.Sprintf("%d r%d@x.org|Ann||", i+2, i))
		}
		got := readAll(strings.NewReader(file), csvOptions{})
		for i, line := range got {
			if at, _, ok := strings.Cut(line, "! "); ok {
				got[i] = at + "!"
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("file\n%s\ngot\n%s\nwant\n%s", file, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})
}

func FuzzReadCSV(f *testing.F) {
	for _, s := range []string{"email,name\na@x.org,\"Ann\n\"\n", "a@x.org\r", "\xff\xfea\x00", "sep=;\nemail;x\n;\n", "\"\n\"\"\n\",\"", "email\n\"\n\"\n\"a@x.org"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		last := 0
		for row, err := range readCSV(bytes.NewReader(file), csvOptions{}) {
			at := row.Line
			if bad, ok := errors.AsType[*Bad](err); ok {
				at = bad.Line
			} else if err != nil {
				return
			} else if row.Name != CleanName(row.Name) || row.Address.Normal == "" {
				t.Fatalf("line %d: a row that is not clean", at)
			}
			if at <= last || at > bytes.Count(file, []byte("\n"))+bytes.Count(file, []byte("\r"))+1 {
				t.Fatalf("line %d follows line %d", at, last)
			}
			last = at
		}
	})
}

// BenchmarkReadCSV reads 100,000 rows.
func BenchmarkReadCSV(b *testing.B) {
	var file bytes.Buffer
	file.WriteString("email,name,language\n")
	for i := range 100_000 {
		fmt.Fprintf(&file, "Reader.%d@Example.org,\"Reader, No. %d\",en\n", i, i)
	}
	b.SetBytes(int64(file.Len()))
	b.ReportAllocs()
	for b.Loop() {
		rows := 0
		for _, err := range readCSV(bytes.NewReader(file.Bytes()), csvOptions{}) {
			if err != nil {
				b.Fatal(err)
			}
			rows++
		}
		if rows != 100_000 {
			b.Fatalf("%d rows", rows)
		}
	}
}
