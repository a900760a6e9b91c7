package subscribers

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
)

// Formats are what FileOptions.Format may insist on.
var Formats = []string{"csv", "tsv", "json", "mailchimp", "ghost", "listmonk", "substack"}

// FileOptions are what a caller knows about a file. The zero value finds out.
type FileOptions struct {
	Format  string       // one of Formats; empty: found out from the content
	Charset string       // WHATWG name of the encoding ("windows-1251"); empty: found out
	Layout  func(Layout) // called before the first row of each file, with what was found out; may be nil
	First   int          // at most so many rows, good and bad, of each file; 0: all
}

// The limits of what comes from outside. A list packs to a tenth, or to a thirtieth
// where most cells are empty; a bomb to a thousandth.
const (
	maxUnpacked = 8 << 30
	maxRatio    = 250
	maxInMemory = 64 << 20 // of a ZIP that comes through a pipe
)

// sized is an input that can be read at any place, as a ZIP has to be.
type sized interface {
	io.ReaderAt
	Size() int64
}

// ReadFile reads a list in any of the forms that it comes in, a row at a time, in
// constant memory. With a nil error comes a row; with a *Bad one that was left out; any
// other error is the last thing that comes: the file cannot be read, or no column holds
// addresses. An address that comes twice is given twice: whoever stores it has the index.
//
// What it is, its content tells, not its name: CSV
// and TSV; JSON, one object a line or an array of objects; either of them in gzip; or
// several in a ZIP, such as Mailchimp's, whose files of readers who have left or whose
// mail came back are read first. A ZIP that is no io.ReaderAt with a Size is held in
// memory, to 64 MiB of it.
//
// Of CSV it takes RFC 4180 with commas, semicolons or tabs, line breaks inside quotes,
// any line ends; a header in any of the spellings of Column, or none where there is one
// column; UTF-8, UTF-16 with its mark, and Windows-1252 for each line that is not UTF-8.
// Columns that it has no use for are dropped unread, and a leading apostrophe that
// WriteCSV set is taken off. Empty lines are no rows. A row whose quotes are broken costs
// itself alone: see csvReader.record.
func ReadFile(r io.Reader, o FileOptions) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		in := bufio.NewReaderSize(r, maxLine)
		head, err := in.Peek(8)
		if err != nil && err != io.EOF {
			yield(Row{}, fmt.Errorf("read the file: %w", err))
			return
		}
		switch packing(head) {
		case "":
			o.readText(in, Layout{}, yield)
		case "gzip":
			o.readGzip(in, yield)
		case "ZIP":
			archive, ok := r.(sized)
			if !ok {
				all, err := io.ReadAll(io.LimitReader(in, maxInMemory+1))
				if err == nil && len(all) > maxInMemory {
					err = errors.New("a ZIP of over 64 MiB cannot be read from a pipe: give it as a file")
				}
				if err != nil {
					yield(Row{}, err)
					return
				}
				archive = bytes.NewReader(all)
			}
			o.readZIP(archive, yield)
		default:
			yield(Row{}, fmt.Errorf("this is %s: %s", packing(head), "unpack it, or save the list as CSV, and import that"))
		}
	}
}

// packing tells what a file is packed in, "" where it is text.
func packing(head []byte) string {
	for _, p := range []struct{ magic, name string }{
		{"\x1f\x8b", "gzip"},
		{"PK\x03\x04", "ZIP"},
		{"PK\x05\x06", "ZIP"},
		{"BZh", "a bzip2 file"},
		{"\xfd7zXZ\x00", "an xz file"},
		{"\x28\xb5\x2f\xfd", "a zstd file"},
		{"7z\xbc\xaf\x27\x1c", "a 7z file"},
		{"Rar!", "a RAR file"},
		{"\xd0\xcf\x11\xe0", "an old Excel file"},
		{"%PDF", "a PDF file"},
		{"SQLite f", "a database"},
	} {
		if bytes.HasPrefix(head, []byte(p.magic)) {
			return p.name
		}
	}
	return ""
}

// readText reads rows from what is not packed, or not any more. known is what is known
// of it.
func (o FileOptions) readText(in *bufio.Reader, known Layout, yield func(Row, error) bool) bool {
	going, seen := true, 0
	eachRow(func() (rowReader, error) { return o.openText(in, known) }, func(row Row, err error) bool {
		bad, isBad := errors.AsType[*Bad](err)
		switch {
		case isBad:
			bad.File = known.File
		case err != nil && known.File != "":
			err = fmt.Errorf("%s: %w", known.File, err)
		}
		row.Standing = row.Standing.Worse(known.Standing)
		seen++
		going = yield(row, err) && (err == nil || isBad)
		return going && (o.First == 0 || seen < o.First)
	})
	return going
}

// openText finds out which format a text has.
func (o FileOptions) openText(r *bufio.Reader, known Layout) (rowReader, error) {
	in, charset, err := openLines(r, o.Charset)
	if err != nil {
		return nil, err
	}
	var wrong error
	tell := func(l Layout) {
		l.File, l.Packed, l.Standing = known.File, known.Packed, known.Standing
		if slices.Contains(Formats[3:], o.Format) && !strings.EqualFold(l.Program, o.Format) {
			wrong = fmt.Errorf("this is not a file of %s's: its columns are others", o.Format)
		}
		if o.Layout != nil {
			o.Layout(l)
		}
	}
	var rows rowReader
	switch isJSON := in.startsJSON(); {
	case o.Format == "json" || isJSON && o.Format != "csv" && o.Format != "tsv":
		rows, err = openJSON(in, charset, tell)
	case o.Format == "tsv":
		rows, err = openCSV(in, charset, '\t', tell)
	default:
		rows, err = openCSV(in, charset, 0, tell)
	}
	if err == nil {
		err = wrong
	}
	return rows, err
}

// readGzip reads a text in gzip.
func (o FileOptions) readGzip(r io.Reader, yield func(Row, error) bool) {
	packed := &counted{in: r}
	z, err := gzip.NewReader(packed)
	if err != nil {
		yield(Row{}, fmt.Errorf("this is gzip, and damaged: %w", err))
		return
	}
	in := bufio.NewReaderSize(&unpacking{in: z, what: "gzip", packed: func() int64 { return packed.n }}, maxLine)
	if head, _ := in.Peek(8); packing(head) != "" {
		yield(Row{}, fmt.Errorf("this is %s in gzip: unpack the gzip, and import what is in it", packing(head)))
		return
	}
	o.readText(in, Layout{Packed: "gzip"}, yield)
}

// counted counts what is read.
type counted struct {
	in io.Reader
	n  int64
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.in.Read(b)
	c.n += int64(n)
	return n, err
}

// unpacking reads what is unpacked, within limits, and says what is wrong with it.
type unpacking struct {
	in     io.Reader
	what   string
	packed func() int64 // bytes of what it was unpacked from
	n      int64
}

func (u *unpacking) Read(b []byte) (int, error) {
	n, err := u.in.Read(b)
	u.n += int64(n)
	switch {
	case u.n > maxUnpacked:
		return 0, fmt.Errorf("the %s unpacks to more than %d GiB: import it in parts", u.what, maxUnpacked>>30)
	case u.n > 1<<20 && u.n > maxRatio*u.packed():
		return 0, fmt.Errorf("the %s unpacks to more than %d times its size, as no list does", u.what, maxRatio)
	case err != nil && err != io.EOF:
		return n, fmt.Errorf("the %s is damaged, or cut short: %w", u.what, err)
	}
	return n, err
}
