package views

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/broadsheet-news/broadsheet/internal/figures"
)

// The limits of what is read. MaxBytes is that of every file and answer.
const (
	MaxBytes    = 10 << 20
	maxRows     = 500_000
	maxViews    = 1 << 40
	maxWarnings = 10
)

// Reading is the views of a page, named by its address (or the path of it on the
// site), or by the source's identifier of the story.
type Reading struct {
	URL, ID string
	Views   int
}

// The names of columns and keys, folded. The longer ones are of Google Analytics 4 and
// Matomo.
var (
	urlNames = []string{
		"url", "link", "page", "path", "page path", "page url", "landing page", "page location", "full page url",
		"page path and screen class", "page path + query string",
	}
	idNames    = []string{"id", "guid"}
	viewsNames = []string{"views", "pageviews", "page views", "count"}
)

// Parse reads a table of page views. The warnings are about single rows, each with
// its line.
func Parse(data []byte) (readings []Reading, warnings []string, err error) {
	if len(data) > MaxBytes {
		return nil, nil, fmt.Errorf("is larger than %d MB, which is the most that is read", MaxBytes>>20)
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) {
		return nil, nil, errors.New("is no text in UTF-8; export it so")
	}
	p := &parsing{data: data}
	switch start := bytes.TrimSpace(data); {
	case len(start) == 0:
		return nil, nil, errors.New("is empty; its first line must name the columns, such as url,views")
	case start[0] == '[' || start[0] == '{':
		err = p.json(start[0] == '[')
	default:
		err = p.csv()
	}
	if err != nil {
		return nil, nil, err
	}
	if p.more > 0 {
		p.warnings = append(p.warnings, fmt.Sprintf("and %s rows more", figures.Of(p.more)))
	}
	return p.readings, p.warnings, nil
}

type parsing struct {
	data     []byte
	readings []Reading
	warnings []string
	more     int // warnings beyond those that are kept
	at, seen int // an offset, and the line breaks before it
}

func (p *parsing) warn(line int, format string, args ...any) {
	if len(p.warnings) == maxWarnings {
		p.more++
		return
	}
	p.warnings = append(p.warnings, fmt.Sprintf("line %d: ", line)+fmt.Sprintf(format, args...))
}

// keep takes a row in. Its error is that there are too many.
func (p *parsing) keep(line int, r Reading, number string) error {
	r.URL, r.ID = strings.TrimSpace(r.URL), strings.TrimSpace(r.ID)
	n, ok := count(number)
	switch {
	case r.URL == "" && r.ID == "":
		p.warn(line, "names no page")
	case !ok:
		p.warn(line, "%q is no number of views", cut(number))
	case len(p.readings) == maxRows:
		return fmt.Errorf("line %d: there are more than %s rows; export the last weeks alone", line, figures.Of(maxRows))
	default:
		r.Views = n
		p.readings = append(p.readings, r)
	}
	return nil
}

// count reads a whole number, with or without separators of thousands.
func count(text string) (int, bool) {
	text = strings.TrimSpace(text)
	groups := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(", '’\u00a0\u202f", r) })
	for i, g := range groups {
		if i > 0 && len(g) != 3 {
			return 0, false
		}
	}
	digits := strings.Join(groups, "")
	if strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(digits)
	return n, err == nil && n <= maxViews
}

func cut(text string) string {
	if r := []rune(text); len(r) > 40 {
		return string(r[:39]) + "…"
	}
	return text
}

// columnsOf finds the columns of a table by its first line; -1 for one that is not
// there.
func columnsOf(head []string) (url, id, views int) {
	url, id, views = -1, -1, -1
	for i, name := range head {
		name = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), "_", " ")
		switch {
		case url < 0 && slices.Contains(urlNames, name):
			url = i
		case id < 0 && slices.Contains(idNames, name):
			id = i
		case views < 0 && slices.Contains(viewsNames, name):
			views = i
		}
	}
	return url, id, views
}

func (p *parsing) csv() error {
	r := csv.NewReader(bytes.NewReader(p.data))
	r.Comma, r.Comment, r.FieldsPerRecord, r.LazyQuotes = separator(p.data), '#', -1, true
	head, err := r.Read()
	if err != nil {
		return fmt.Errorf("has no first line that names the columns, such as url,views")
	}
	url, id, views := columnsOf(head)
	if views < 0 || url < 0 && id < 0 {
		line, _ := r.FieldPos(0)
		return fmt.Errorf("line %d: names the columns %q; one must be url (or link, page, path) or id, and one views (or pageviews, count)", line, cut(strings.Join(head, string(r.Comma))))
	}
	field := func(row []string, i int) string {
		if i < 0 || i >= len(row) {
			return ""
		}
		return row[i]
	}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		line, _ := r.FieldPos(0)
		if err != nil {
			var wrong *csv.ParseError
			if errors.As(err, &wrong) {
				return fmt.Errorf("line %d: %w", wrong.Line, wrong.Err)
			}
			return err
		}
		if err := p.keep(line, Reading{URL: field(row, url), ID: field(row, id)}, field(row, views)); err != nil {
			return err
		}
	}
}

// separator is the one of the first line that is no comment.
func separator(data []byte) rune {
	for line := range bytes.Lines(data) {
		if len(bytes.TrimSpace(line)) == 0 || line[0] == '#' {
			continue
		}
		for _, c := range "\t;" {
			if bytes.ContainsRune(line, c) {
				return c
			}
		}
		break
	}
	return ','
}

func (p *parsing) json(list bool) error {
	d := json.NewDecoder(bytes.NewReader(p.data))
	d.UseNumber()
	_, err := d.Token()
	for err == nil && d.More() {
		if list {
			err = p.entry(d)
		} else {
			err = p.member(d)
		}
	}
	if err == nil {
		_, err = d.Token()
	}
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			return fmt.Errorf("line %d: something follows the end of the JSON", p.line(d.InputOffset()))
		}
		return nil
	}
	var wrong *json.SyntaxError
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("line %d: is no JSON: it ends too early", p.line(int64(len(p.data))))
	case errors.As(err, &wrong):
		return fmt.Errorf("line %d: is no JSON: %w", p.line(max(wrong.Offset, d.InputOffset())), err)
	}
	return err
}

// line is the line of an offset, from 1. Offsets are asked for in their order.
func (p *parsing) line(offset int64) int {
	if to := min(int(offset), len(p.data)); to > p.at {
		p.seen += bytes.Count(p.data[p.at:to], []byte("\n"))
		p.at = to
	}
	return p.seen + 1
}

// entry reads one object of a list.
func (p *parsing) entry(d *json.Decoder) error {
	var entry any
	if err := d.Decode(&entry); err != nil {
		return err
	}
	line := p.line(d.InputOffset())
	fields, ok := entry.(map[string]any)
	if !ok {
		p.warn(line, "is no object with url and views")
		return nil
	}
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	url, id, views := columnsOf(names)
	text := func(i int) string {
		if i < 0 {
			return ""
		}
		return plain(fields[names[i]])
	}
	return p.keep(line, Reading{URL: text(url), ID: text(id)}, text(views))
}

// member reads one "page": views of an object.
func (p *parsing) member(d *json.Decoder) error {
	key, err := d.Token()
	if err != nil {
		return err
	}
	var number any
	if err := d.Decode(&number); err != nil {
		return err
	}
	page, _ := key.(string)
	return p.keep(p.line(d.InputOffset()), Reading{URL: page}, plain(number))
}

func plain(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}
