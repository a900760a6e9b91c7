package demo

import (
	"bytes"
	"errors"
	netmail "net/mail"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// TestMailsAreSigned, and dated as they are sent: it verifies what arrived by the record that "dkim show" prints.
func TestMailsAreSigned(t *testing.T) {
	d := sent(t, filepath.Join(t.TempDir(), "observer"), 3)
	keys := newsroom.DKIMKeys(d.Newsroom.Config)
	if len(keys) != 1 || keys[0].Error != "" {
		t.Fatalf("%d keys: %+v", len(keys), keys)
	}
	lookup := func(name string) ([]string, error) {
		if name != keys[0].Name {
			return nil, errors.New("nothing is published at " + name)
		}
		return []string{keys[0].Value}, nil
	}
	names, err := d.Mailbox.Names()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		mail, err := os.ReadFile(filepath.Join(d.Mailbox.Dir, "new", name))
		if err != nil {
			t.Fatal(err)
		}
		m, err := netmail.ReadMessage(bytes.NewReader(mail))
		if err != nil {
			t.Fatal(err)
		}
		if at, err := m.Header.Date(); err != nil || d.options.Clock().Sub(at) > time.Minute {
			t.Errorf("sent now, and dated %s: %v", at, err)
		}
		signatures, err := dkim.VerifyWithOptions(bytes.NewReader(mail), &dkim.VerifyOptions{LookupTXT: lookup})
		if err != nil || len(signatures) != 1 || signatures[0].Err != nil || signatures[0].Domain != domain {
			t.Fatalf("%d signatures: %v", len(signatures), err)
		}
	}
}
