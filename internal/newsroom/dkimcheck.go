package newsroom

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"github.com/broadsheet-news/broadsheet/mailer/message"
)

// dnsTime bounds a question to the DNS in a check.
const dnsTime = 5 * time.Second

// LookupTXT asks the DNS for the TXT records of a name, as net.Resolver does.
type LookupTXT func(ctx context.Context, name string) ([]string, error)

// checkDKIM looks at each key, and whether what it signs verifies with what the
// DNS has.
func (n *Newsroom) checkDKIM(ctx context.Context, lookup LookupTXT) []Finding {
	var findings []Finding
	for _, d := range DKIMKeys(n.Config) {
		f := Finding{What: "DKIM key " + d.Name, OK: d.Error == "", Text: d.Error}
		if f.OK {
			f = d.published(ctx, f, lookup, n.Clock())
			f.Text = fmt.Sprintf("%s, signs %s%s", d.Kind(), d.Users(), f.Text)
		}
		findings = append(findings, f)
		if warning := d.warning(); f.OK && warning != "" {
			findings = append(findings, Finding{What: f.What, OK: true, Warn: true, Text: warning})
		}
	}
	return findings
}

// warning says what is unsound about a key that signs.
func (d DKIMKey) warning() string {
	if info, err := os.Stat(d.File); err == nil && info.Mode().Perm()&0o077 != 0 {
		return fmt.Sprintf("%s can be read by others on this machine (mode %04o): chmod 600 it", d.File, info.Mode().Perm())
	}
	if d.Bits > 0 && d.Bits < message.SoundRSA {
		return fmt.Sprintf("large receivers trust %d bits and more: make another with \"broadsheet dkim new %s\"", message.SoundRSA, d.Domain)
	}
	return ""
}

// published says whether receivers find the key's other half. A record that is not
// there yet is no mistake: one waits for the DNS.
func (d DKIMKey) published(ctx context.Context, f Finding, lookup LookupTXT, now time.Time) Finding {
	if lookup == nil {
		return f
	}
	ctx, cancel := context.WithTimeout(ctx, dnsTime)
	defer cancel()
	records, err := lookup(ctx, d.Name)
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound, err == nil && len(records) == 0:
		f.Warn, f.Text = true, "; the DNS has no such record, so receivers cannot verify: \"broadsheet dkim show\" prints it"
		return f
	case err != nil:
		f.Warn, f.Text = true, "; the DNS does not answer whether it is published"
		return f
	}
	if err := d.fits(records, now); err != nil {
		f.OK, f.Text = false, fmt.Sprintf("; but the record in the DNS does not verify what it signs (%v): \"broadsheet dkim show\" prints the right one", err)
		return f
	}
	f.Text = "; published"
	return f
}

// fits signs a message, and has another program than ours verify it with the
// records of the DNS.
func (d DKIMKey) fits(records []string, now time.Time) error {
	signer, err := message.NewSigner(now, d.key)
	if err != nil {
		return err
	}
	probe, err := signer.Sign(nil, []byte("From: check@"+d.Domain+"\r\nSubject: check\r\n\r\ncheck\r\n"))
	if err != nil {
		return err
	}
	found, err := dkim.VerifyWithOptions(bytes.NewReader(probe), &dkim.VerifyOptions{
		LookupTXT: func(string) ([]string, error) { return records, nil },
	})
	if err == nil && len(found) == 1 {
		err = found[0].Err
	}
	return err
}
