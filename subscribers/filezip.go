package subscribers

import (
	"archive/zip"
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/broadsheet-news/broadsheet/internal/figures"
)

// The limits of a ZIP's table of contents.
const (
	maxDirectory = 4 << 20
	maxFiles     = 10_000
)

// member is a file in a ZIP that may hold readers.
type member struct {
	*zip.File
	known Layout
}

// readZIP reads the lists in a ZIP, those first that say who is not to be mailed.
func (o FileOptions) readZIP(r sized, yield func(Row, error) bool) {
	members, err := openZIP(r)
	if err != nil {
		yield(Row{}, err)
		return
	}
	left, lists := int64(maxUnpacked), 0
	for _, m := range members {
		if m.known.Skipped == "" {
			n, going, err := o.readMember(m, left, yield)
			left -= n
			switch {
			case errors.Is(err, errNoAddresses):
				m.known.Skipped = "it has no column of addresses"
			case err != nil:
				yield(Row{}, err)
				return
			case !going:
				return
			default:
				lists++
			}
		}
		if m.known.Skipped != "" && o.Layout != nil {
			o.Layout(m.known)
		}
	}
	if lists == 0 {
		yield(Row{}, errors.New("the ZIP holds no list of readers: no CSV, TSV or JSON file with a column of addresses"))
	}
}

// openZIP reads the table of contents, within limits.
func openZIP(r sized) ([]member, error) {
	budget := &bounded{ReaderAt: r, left: maxDirectory}
	z, err := zip.NewReader(budget, r.Size())
	if err != nil {
		return nil, fmt.Errorf("the ZIP is damaged, or cut short: %w", err)
	}
	budget.left = -1
	if len(z.File) > maxFiles {
		return nil, fmt.Errorf("the ZIP holds %s files: take the lists of readers out, and import these", figures.Of(len(z.File)))
	}
	var members []member
	for _, f := range z.File {
		if f.Name == "[Content_Types].xml" {
			return nil, errors.New("this is a document of an office program: save the list as CSV, and import that")
		}
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		members = append(members, member{f, memberLayout(f.Name)})
	}
	onlyExports(members)
	slices.SortStableFunc(members, func(a, b member) int {
		return cmp.Or(-cmp.Compare(gravity[a.known.Standing], gravity[b.known.Standing]), cmp.Compare(a.Name, b.Name))
	})
	return members, nil
}

// bounded lets only so much be read; without a bound where left is negative.
type bounded struct {
	io.ReaderAt
	left int64
}

func (b *bounded) ReadAt(p []byte, at int64) (int, error) {
	if b.left >= 0 {
		if b.left -= int64(len(p)); b.left < 0 {
			return 0, errors.New("its table of contents is too long")
		}
	}
	return b.ReaderAt.ReadAt(p, at)
}

// exports are the names of the files with which programs say how readers stand.
//
// Sources: Mailchimp writes subscribed_members_export_X.csv and so on, of late
// subscribed_email_audience_export_X.csv, as github.com/TryGhost/migrate
// (packages/mg-mailchimp-members) and what others publish of their imports show; Substack
// email_list.NAME.csv beside posts.csv and who opened which (packages/mg-substack).
var exports = []struct {
	prefix   string
	standing Standing
	skipped  string
}{
	{"unsubscribed_", Gone, ""},
	{"cleaned_", Bounced, ""},
	{"nonsubscribed_", Never, "these never subscribed"},
	{"sms_only_", Never, "these have no address"},
	{"subscribed_", Reads, ""},
	{"email_list", Reads, ""},
}

// memberLayout is what the name of a file in a ZIP tells. Names are not used for
// anything else: no file is written.
func memberLayout(name string) Layout {
	l := Layout{File: CleanName(path.Base(strings.ReplaceAll(name, `\`, "/"))), Packed: "ZIP"}
	if strings.Contains(l.File, "@") {
		l.File = "a file with an @ in its name"
	}
	base := strings.ToLower(path.Base(strings.ReplaceAll(name, `\`, "/")))
	switch path.Ext(base) {
	case ".csv", ".tsv", ".tab", ".txt", ".json", ".jsonl", ".ndjson":
	default:
		l.Skipped = "it is no CSV, TSV or JSON"
	}
	if strings.HasPrefix(base, ".") || strings.Contains(name, "__MACOSX/") {
		l.Skipped = "it is another system's"
	}
	for _, e := range exports {
		if strings.HasPrefix(base, e.prefix) && l.Skipped == "" {
			l.Standing, l.Skipped = e.standing, e.skipped
			break
		}
	}
	return l
}

// onlyExports leaves the rest of a program's archive alone: lists of who opened what
// hold addresses too.
func onlyExports(members []member) {
	isExport := func(m member) bool {
		base := strings.ToLower(path.Base(m.Name))
		return m.known.Skipped == "" && slices.ContainsFunc(exports, func(e struct {
			prefix   string
			standing Standing
			skipped  string
		},
		) bool {
			return strings.HasPrefix(base, e.prefix)
		})
	}
	if !slices.ContainsFunc(members, isExport) {
		return
	}
	for i := range members {
		if m := &members[i]; m.known.Skipped == "" && !isExport(*m) {
			m.known.Skipped = "it is not one of the lists of readers in this archive"
		}
	}
}

// readMember reads a file of a ZIP, and says how much it unpacked to.
func (o FileOptions) readMember(m member, left int64, yield func(Row, error) bool) (n int64, going bool, err error) {
	if m.Flags&1 != 0 {
		return 0, false, fmt.Errorf("%s in the ZIP has a password: unpack it, and import what is in it", m.known.File)
	}
	f, err := m.Open()
	if err != nil {
		return 0, false, fmt.Errorf("%s in the ZIP cannot be unpacked: %w", m.known.File, err)
	}
	defer f.Close()
	u := &unpacking{in: f, what: "ZIP", packed: func() int64 { return int64(m.CompressedSize64) }, n: maxUnpacked - left}
	in := bufio.NewReaderSize(u, maxLine)
	if head, _ := in.Peek(8); packing(head) != "" {
		return 0, false, fmt.Errorf("%s in the ZIP is packed itself (%s): unpack the ZIP, and import what is in it", m.known.File, packing(head))
	}
	var opening error
	going = o.readText(in, m.known, func(row Row, err error) bool {
		if errors.Is(err, errNoAddresses) {
			opening = err
			return false
		}
		return yield(row, err)
	})
	return u.n - (maxUnpacked - left), going, opening
}
