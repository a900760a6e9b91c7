package newsroom_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"github.com/broadsheet-news/broadsheet/internal/demo"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// records are what the DNS of these tests has, by name.
type records map[string]string

func (r records) lookup(_ context.Context, name string) ([]string, error) {
	if name == "" {
		return nil, errors.New("no name")
	}
	if text, ok := r[name]; ok {
		return []string{text}, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

// keys makes an RSA and an Ed25519 key for the room, has it sign with both, and
// publishes them.
func (r *room) keys() records {
	r.t.Helper()
	published, list := records{}, ""
	for _, kind := range []string{"rsa", "ed25519"} {
		k, err := newsroom.NewDKIMKey(r.dir, newsroom.DKIMOrder{Domain: "Observer.example", Type: kind}, friday)
		if err != nil {
			r.t.Fatal(err)
		}
		published[k.Name] = k.Value
		list += fmt.Sprintf("{selector: %s, key: \"file:%s\"}, ", k.Selector, k.File)
	}
	r.configure(settings{"dkim": "[" + list + "]"})
	r.again()
	return published
}

// verified holds a message to two good signatures and gives their time.
func verified(t *testing.T, msg []byte, published records) time.Time {
	t.Helper()
	found, err := dkim.VerifyWithOptions(bytes.NewReader(msg), &dkim.VerifyOptions{
		LookupTXT: func(name string) ([]string, error) { return published.lookup(t.Context(), name) },
	})
	if err != nil || len(found) != 2 {
		t.Fatalf("%d signatures, want 2: %v\n%.600s", len(found), err, msg)
	}
	for _, v := range found {
		if v.Err != nil || v.Domain != "observer.example" || !v.Time.Equal(found[0].Time) {
			t.Errorf("d=%s t=%s: %v", v.Domain, v.Time, v.Err)
		}
	}
	return found[0].Time
}

// mailbox gives every message that the sink has filed since.
func mailbox(t *testing.T, dir string) [][]byte {
	t.Helper()
	var all [][]byte
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		msg, err := os.ReadFile(path)
		all = append(all, msg)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestEverythingIsSigned: editions, test mails, letters and previews.
func TestEverythingIsSigned(t *testing.T) {
	onSQLite(t, settings{"editors": "[editor@observer.example]"}, func(t *testing.T, r *room) {
		box := t.TempDir()
		r.sink = openRelay(t, box, "")
		published := r.keys()
		r.readers(1, 20)
		r.ready()
		files, err := r.n.Preview(t.Context(), fridays)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if strings.HasSuffix(f.Name, ".eml") {
				verified(t, f.Bytes, published)
			}
		}
		if report, err := r.n.Test(t.Context(), fridays, []string{"desk@observer.example"}, ""); err != nil || report.Sent != 1 {
			t.Fatalf("%+v, %v", report, err)
		}
		if a := r.send(fridays, newsroom.SendOptions{}); a.Accepted != 20 {
			t.Fatalf("%+v", a)
		}
		mails := mailbox(t, box)
		if len(mails) != 22 { // with the test, and what the editor is told
			t.Errorf("%d messages, want 22", len(mails))
		}
		for _, msg := range mails {
			at := verified(t, msg, published)
			if at.After(r.clock.Now()) {
				t.Errorf("signed at %s, which is yet to come", at)
			}
		}
	})
}

// TestSameSignatureAgain: what a send that stopped half-way sends later bears the
// same time of signing as what went before.
func TestSameSignatureAgain(t *testing.T) {
	onSQLite(t, nil, func(t *testing.T, r *room) {
		box := t.TempDir()
		r.sink = openRelay(t, box, "")
		published := r.keys()
		r.readers(1, 12)
		r.ready()
		r.clock.Set(friday.Add(time.Hour))
		r.sink.fail(demo.Faults{Rcpt: func(to string) demo.Reply {
			if strings.Contains(to, "1@") {
				return demo.Reply{Code: 450, Text: "4.2.1 Mailbox busy"}
			}
			return demo.Reply{}
		}})
		first := r.send(fridays, newsroom.SendOptions{})
		if first.Accepted == 0 || first.Deferred == 0 {
			t.Fatalf("%+v", first)
		}
		r.sink.fail(demo.Faults{})
		r.clock.Forward(3 * time.Hour)
		r.again()
		if a := r.send(fridays, newsroom.SendOptions{}); a.Accepted != 12 {
			t.Fatalf("%+v", a)
		}
		times := map[time.Time]bool{}
		for _, msg := range mailbox(t, box) {
			times[verified(t, msg, published)] = true
		}
		if len(times) != 1 {
			t.Errorf("signed at %v", times)
		}
	})
}

// TestNothingUnsigned: without its key nothing of a newsletter is mailed, and
// everyone who asks is told why.
func TestNothingUnsigned(t *testing.T) {
	onSQLite(t, nil, func(t *testing.T, r *room) {
		r.keys()
		r.readers(1, 3)
		r.ready()
		keys, err := filepath.Glob(filepath.Join(r.dir, newsroom.DKIMFolder, "*.pem"))
		if err != nil || len(keys) != 2 {
			t.Fatal(keys, err)
		}
		for name, spoil := range map[string]func() error{
			"missing":  func() error { return os.Remove(keys[0]) },
			"no key":   func() error { return os.WriteFile(keys[0], []byte("hush"), 0o600) },
			"a folder": func() error { return errors.Join(os.Remove(keys[0]), os.Mkdir(keys[0], 0o700)) },
		} {
			t.Run(name, func(t *testing.T) {
				if err := errors.Join(os.RemoveAll(keys[0]), os.WriteFile(keys[0], nil, 0o600), spoil()); err != nil {
					t.Fatal(err)
				}
				r.again()
				_, sendErr := r.n.Send(t.Context(), fridays, newsroom.SendOptions{})
				_, testErr := r.n.Test(t.Context(), fridays, []string{"desk@observer.example"}, "")
				_, previewErr := r.n.Preview(t.Context(), fridays)
				for what, err := range map[string]error{"send": sendErr, "test": testErr, "preview": previewErr} {
					if err == nil || !strings.Contains(err.Error(), "newsletter weekly cannot be signed") || !strings.Contains(err.Error(), filepath.Base(keys[0])) {
						t.Errorf("%s: %v", what, err)
					}
				}
				finding(t, r.check(nil), `BAD DKIM key b202611\._domainkey\.observer\.example: the DKIM key .*b202611\.pem`)
			})
		}
		if got := r.sink.counts(); len(got) != 0 {
			t.Errorf("mailed: %d", len(got))
		}
		if e := r.edition(fridays); e.State != "approved" {
			t.Errorf("the edition is %s", e.State)
		}
	})
}

// check gives the lines of a check, as people see them.
func (r *room) check(lookup newsroom.LookupTXT) string {
	o := r.options("test")
	o.LookupTXT = lookup
	var b strings.Builder
	for _, f := range newsroom.Check(r.t.Context(), o) {
		mark := "ok"
		switch {
		case !f.OK:
			mark = "BAD"
		case f.Warn:
			mark = "mind"
		}
		fmt.Fprintf(&b, "%s %s: %s\n", mark, f.What, f.Text)
	}
	return b.String()
}

func finding(t *testing.T, check, want string) {
	t.Helper()
	if !regexp.MustCompile("(?m)^" + want).MatchString(check) {
		t.Errorf("no finding like %s:\n%s", want, check)
	}
}

// TestCheckAsksTheDNS: whether receivers can verify what a key signs.
func TestCheckAsksTheDNS(t *testing.T) {
	onSQLite(t, nil, func(t *testing.T, r *room) {
		published := r.keys()
		b, e := `DKIM key b202611\._domainkey\.observer\.example: `, `DKIM key e202611\._domainkey\.observer\.example: `
		finding(t, r.check(nil), "ok "+b+"rsa, 2048 bits, signs weekly$")
		got := r.check(published.lookup)
		finding(t, got, "ok "+b+"rsa, 2048 bits, signs weekly; published$")
		finding(t, got, "ok "+e+"ed25519, signs weekly; published$")
		finding(t, r.check(records{}.lookup), "mind "+b+".*the DNS has no such record")
		finding(t, r.check(func(context.Context, string) ([]string, error) { return nil, errors.New("timeout") }), "mind "+b+".*does not answer")
		other, err := newsroom.NewDKIMKey(r.dir, newsroom.DKIMOrder{Domain: "observer.example", Selector: "other"}, friday)
		if err != nil {
			t.Fatal(err)
		}
		const name = "b202611._domainkey.observer.example"
		for what, text := range map[string]string{"another key": other.Value, "revoked": "v=DKIM1; p=", "nonsense": "hello"} {
			if got := r.check(records{name: text}.lookup); !strings.Contains(got, "BAD DKIM key "+name) {
				t.Errorf("%s: %s", what, got)
			}
		}
		if err := os.Chmod(filepath.Join(r.dir, "dkim", "observer.example.b202611.pem"), 0o644); err != nil {
			t.Fatal(err)
		}
		finding(t, r.check(published.lookup), "mind "+b+".*mode 0644.*chmod 600")
	})
}

func TestNewDKIMKey(t *testing.T) {
	dir := t.TempDir()
	k, err := newsroom.NewDKIMKey(dir, newsroom.DKIMOrder{Domain: "Observer.example"}, friday)
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(dir, "dkim", "observer.example.b202611.pem"); k.File != want || k.Bits != 2048 || k.Name != "b202611._domainkey.observer.example" {
		t.Errorf("%+v", k)
	}
	info, err := os.Stat(k.File)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	before, err := os.ReadFile(k.File)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := newsroom.NewDKIMKey(dir, newsroom.DKIMOrder{Domain: "observer.example"}, friday); err == nil || !strings.Contains(err.Error(), "never overwritten") {
		t.Errorf("a second one: %v", err)
	}
	if after, err := os.ReadFile(k.File); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the key was changed (%v)", err)
	}
	for name, order := range map[string]newsroom.DKIMOrder{
		"no domain":         {},
		"a way out":         {Domain: "../observer.example"},
		"a selector's way":  {Domain: "observer.example", Selector: "../../x"},
		"another type":      {Domain: "observer.example", Type: "dsa"},
		"nowhere":           {Domain: "observer.example", Out: filepath.Join(dir, "none", "x.pem")},
		"a file that is on": {Domain: "observer.example", Out: k.File},
	} {
		if _, err := newsroom.NewDKIMKey(dir, order, friday); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if files, err := filepath.Glob(filepath.Join(dir, "*", "*")); err != nil || len(files) != 1 {
		t.Errorf("files: %v, %v", files, err)
	}
}
