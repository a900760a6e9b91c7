package subscribers

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"iter"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestRoundTrip writes hostile names, in each form, and reads them back.
func TestRoundTrip(t *testing.T) {
	piece := rapid.OneOf(
		rapid.SampledFrom([]string{`"`, `""`, ",", ";", "\t", "\n", "\r\n", "'", "=", "+", "-", "@", "\x00", "a@x.org", "\nb@x.org,", " ", "ё", "\ufeff", "\u202e"}),
		rapid.StringN(0, 5, -1),
	)
	rapid.Check(t, func(t *rapid.T) {
		var rows []Row
		for i := range rapid.IntRange(1, 20).Draw(t, "rows") {
			name := unmangled(CleanName(strings.Join(rapid.SliceOfN(piece, 0, 8).Draw(t, "name"), "")))
			local := rapid.StringMatching(`[a-z=+'-][a-z0-9=+-]{0,5}`).Draw(t, "local")
			if strings.HasPrefix(local, "'") && formula(local) {
				local = "x" + local
			}
			address, err := ParseAddress(local + "@example.org")
			if err != nil {
				t.Fatal(err)
			}
			rows = append(rows, Row{
				Line: i + 2, Address: address, Name: name,
				Language: rapid.SampledFrom([]string{"", "en", "pt-BR", "zh-Hant"}).Draw(t, "language"),
				Variant:  rapid.SampledFrom([]string{"", "text", "full"}).Draw(t, "variant"),
				Standing: rapid.SampledFrom([]Standing{Reads, Gone, Bounced, Barred, Never}).Draw(t, "standing"),
				NoAppeal: rapid.SampledFrom([]string{"", "2027-01-22", ForGood}).Draw(t, "no appeal"),
				Paused:   rapid.SampledFrom([]string{"", "2027-01-22", "2027-01-22T08:15:30Z"}).Draw(t, "paused"),
			})
		}
		for form, write := range map[string]func(io.Writer, iter.Seq2[Row, error], bool) error{"CSV": WriteCSV, "JSON lines": WriteJSON} {
			var file bytes.Buffer
			if err := write(&file, rowsOf(rows), true); err != nil {
				t.Fatal(err)
			}
			if form == "CSV" {
				noFormula(t, file.String())
			}
			var back []Row
			for row, err := range ReadFile(&file, FileOptions{}) {
				if err != nil {
					t.Fatalf("%s: row lost: %v", form, err)
				}
				row.Line = len(back) + 2
				back = append(back, row)
			}
			if !slices.Equal(back, rows) {
				t.Fatalf("%s: got %+v, want %+v", form, back, rows)
			}
		}
	})
}

// noFormula fails where a spreadsheet would run a cell.
func noFormula(t interface{ Fatalf(string, ...any) }, file string) {
	records, err := csv.NewReader(strings.NewReader(file)).ReadAll()
	if err != nil {
		t.Fatalf("not CSV: %v", err)
	}
	for _, cell := range slices.Concat(records...) {
		if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r\n") {
			t.Fatalf("a formula: %q", cell)
		}
	}
}

// TestBadWriterRoundTrip mends what it wrote.
func TestBadWriterRoundTrip(t *testing.T) {
	var out bytes.Buffer
	b, err := NewBadWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	file := "Email;Name;Format;Status;Town\n=ann.x.org;@Ann;text;unsubscribed;=1+1\nbob@x.org;\"Bob\n"
	bad := 0
	for _, err := range ReadFile(strings.NewReader(file), FileOptions{}) {
		if row, ok := errors.AsType[*Bad](err); ok {
			row.File = "list.csv"
			bad++
			if err := b.Write(*row); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := b.Flush(); err != nil || bad != 2 {
		t.Fatal(bad, err)
	}
	noFormula(t, out.String())
	want := `email,name,language,format,no appeal until,paused until,status,file,line,reason,row
'=ann.x.org,'@Ann,,text,,,unsubscribed,list.csv,2,its address is refused: it has no @,'=ann.x.org;@Ann;text;unsubscribed;=1+1
,,,,,,,list.csv,3,"its quotes are broken: one is not closed, or has text behind it","bob@x.org;""Bob"
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
	mended := strings.Replace(strings.Replace(out.String(), "'=ann.x.org", "ann@x.org", 1), "\n,,", "\nbob@x.org,Bob,", 1)
	got, _ := readWhole(strings.NewReader(mended), FileOptions{})
	if w := []string{"2 ann@x.org|@Ann||text unsubscribed", "3 bob@x.org|Bob||"}; !slices.Equal(got, w) {
		t.Errorf("mended: got %q, want %q", got, w)
	}
}
