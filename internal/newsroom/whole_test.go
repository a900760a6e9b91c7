package newsroom_test

import (
	"bytes"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/demo"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// TestWholeWay goes from an empty folder to 300 inboxes.
func TestWholeWay(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		box := demo.Mailbox{Dir: t.TempDir()}
		r.sink = openRelay(t, box.Dir, "")
		r.configure(nil)
		r.again()
		readers := r.readers(0, 300)
		d, err := r.n.Draft(t.Context(), "", "", true)
		if err != nil {
			t.Fatal(err)
		}
		if d.Edition.Ref() != fridays || len(d.Edition.Revision.Items()) != 5 || d.Edition.State != digest.Draft {
			t.Fatalf("drafted %s, %s, %d stories", d.Edition.Ref(), d.Edition.State, len(d.Edition.Revision.Items()))
		}
		r.edit("weekly", "subject: The crane is back\n")
		report, err := r.n.Test(t.Context(), "weekly", []string{"editor@observer.example"}, "")
		if err != nil || report.Sent != 1 || report.Waiting != 0 {
			t.Fatalf("test mail: %+v, %v", report, err)
		}
		r.got(once("editor@observer.example"))
		a := r.approve("weekly")
		if a.Readers != 300 || a.Subject != "The crane is back" || a.Tested != "tested as it is" || a.State != digest.Approved {
			t.Errorf("announced %+v", a)
		}
		sent := r.send("weekly", newsroom.SendOptions{})
		if sent.Audience != 300 || sent.Accepted != 300 || !sent.Complete() || sent.State != digest.Sent {
			t.Errorf("accounting: %+v", sent)
		}
		r.got(once(readers...))
		holdMessages(t, box, readers)
		r.sealed(readers[7])
		if _, err := r.n.Send(t.Context(), "weekly", newsroom.SendOptions{}); err == nil || !strings.Contains(err.Error(), "300 of 300") {
			t.Errorf("a second send said: %v", err)
		}
		r.got(nil)
	})
}

var anyAddress = regexp.MustCompile(`reader\d{6}@mail\d\.example`)

// holdMessages reads what was filed: a test, and one message for each reader, with
// nobody else's address or link in it.
func holdMessages(t *testing.T, box demo.Mailbox, readers []string) {
	t.Helper()
	names, err := box.Names()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	links := map[string]bool{}
	for i, name := range names {
		raw, err := box.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		m, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		if draft := strings.HasPrefix(m.Header.Get("Subject"), "[DRAFT] "); draft != (i == 0) {
			t.Fatalf("message %d has the subject %q", i, m.Header.Get("Subject"))
		}
		if i == 0 {
			continue
		}
		to, err := mail.ParseAddress(m.Header.Get("To"))
		if err != nil {
			t.Fatal(err)
		}
		for _, other := range anyAddress.FindAllString(string(raw), -1) {
			if other != to.Address {
				t.Fatalf("message %d holds another reader's address", i)
			}
		}
		seen[to.Address], links[m.Header.Get("List-Unsubscribe")] = true, true
	}
	if len(seen) != len(readers) || len(links) != len(readers) {
		t.Errorf("%d addressees and %d links for leaving among %d readers", len(seen), len(links), len(readers))
	}
}

// sealed looks for an address in the newsroom's files, as a thief of the disk would.
func (r *room) sealed(who string) {
	r.t.Helper()
	local, _, _ := strings.Cut(who, "@")
	files, err := filepath.Glob(r.dsn + "*")
	if err != nil {
		r.t.Fatal(err)
	}
	if !strings.Contains(r.dsn, "://") && len(files) == 0 {
		r.t.Error("there is no database file to look into")
	}
	own, err := filepath.Glob(filepath.Join(r.dir, "*"))
	if err != nil {
		r.t.Fatal(err)
	}
	for _, file := range slices.Concat(files, own) {
		data, err := os.ReadFile(file)
		if err != nil {
			r.t.Fatal(err)
		}
		for _, part := range []string{who, local, "Reader No 7"} {
			if bytes.Contains(data, []byte(part)) {
				r.t.Errorf("%s holds an address or a name in clear", filepath.Base(file))
			}
		}
	}
	if logged := r.log.String(); anyAddress.MatchString(logged) {
		r.t.Errorf("the log holds an address")
	}
}
