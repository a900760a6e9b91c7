package newsroom

import (
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/mailer/message"
)

// signing holds the keys of one newsletter, or why they cannot be used: then
// nothing of it is mailed, since unsigned mail is what receivers turn away.
type signing struct {
	keys []message.Key // empty: its mail is not signed here
	err  error
}

// loadSigning reads every key of the configuration, by newsletter.
func loadSigning(conf *config.Config) map[string]signing {
	all := map[string]signing{}
	for _, letter := range conf.Newsletters {
		var s signing
		for _, d := range letter.DKIM {
			k, err := readDKIM(d)
			s.keys, s.err = append(s.keys, k), errors.Join(s.err, err)
		}
		if s.err != nil {
			s.err = fmt.Errorf("newsletter %s cannot be signed, and so is not mailed: %w", letter.Name, s.err)
		}
		all[letter.Name] = s
	}
	return all
}

// readDKIM reads one key of the configuration.
func readDKIM(d config.DKIM) (message.Key, error) {
	k := message.Key{Domain: d.Domain, Selector: d.Selector}
	text, err := os.ReadFile(d.Key)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return k, fmt.Errorf("the DKIM key %s is missing: put it back, or make another with \"broadsheet dkim new %s\"", d.Key, d.Domain)
	case err != nil:
		return k, fmt.Errorf("the DKIM key cannot be read: %w", err)
	}
	if k.Private, err = message.ParseKey(text); err == nil {
		err = k.Check()
	}
	if err != nil {
		return k, fmt.Errorf("the DKIM key %s: %w", d.Key, err)
	}
	return k, nil
}

// signer signs a newsletter's mail with all its keys; nil where it has none. At
// is the date of the mail. A signature is never dated ahead of now: receivers
// would refuse it.
func (n *Newsroom) signer(letter *config.Newsletter, at, now time.Time) (*message.Signer, error) {
	s := n.signing[letter.Name]
	if s.err != nil || len(s.keys) == 0 {
		return nil, s.err
	}
	return message.NewSigner(earlier(at, now), s.keys...)
}

// sign signs one finished message of a newsletter.
func (n *Newsroom) sign(letter *config.Newsletter, msg []byte) ([]byte, error) {
	now := n.Clock()
	signer, err := n.signer(letter, now, now)
	if err != nil || signer == nil {
		return msg, err
	}
	return signer.Sign(nil, msg)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// DKIMKey is a key as people ask about it, with what the DNS has to hold.
type DKIMKey struct {
	Newsletters []string `json:"newsletters,omitempty"` // whose mail it signs
	Domain      string   `json:"domain"`
	Selector    string   `json:"selector"`
	File        string   `json:"file"`            // absolute path of the private key
	Type        string   `json:"type,omitempty"`  // rsa, ed25519; empty where it cannot be read
	Bits        int      `json:"bits,omitempty"`  // of an RSA key
	Name        string   `json:"name"`            // of the DNS record
	Value       string   `json:"value,omitempty"` // of the DNS record, a TXT
	Zone        string   `json:"zone,omitempty"`  // the record as a line of a zone file
	Error       string   `json:"error,omitempty"` // why it cannot sign

	key message.Key
}

// DKIMKeys lists the keys of a configuration, in the order of its newsletters.
func DKIMKeys(conf *config.Config) []DKIMKey {
	at := map[config.DKIM]int{}
	all := []DKIMKey{}
	for _, letter := range conf.Newsletters {
		for _, d := range letter.DKIM {
			i, known := at[d]
			if !known {
				i = len(all)
				at[d] = i
				k, err := readDKIM(d)
				all = append(all, describe(k, d.Key, err))
			}
			all[i].Newsletters = append(all[i].Newsletters, letter.Name)
		}
	}
	return all
}

// describe tells of a key that was read, or why it could not be.
func describe(k message.Key, file string, err error) DKIMKey {
	d := DKIMKey{Domain: k.Domain, Selector: k.Selector, File: file, Name: k.RecordName(), key: k}
	if err == nil {
		d.Value, err = k.Record()
	}
	if err != nil {
		d.Error = Plain(err)
		return d
	}
	switch private := k.Private.(type) {
	case *rsa.PrivateKey:
		d.Type, d.Bits = typeRSA, private.N.BitLen()
	case ed25519.PrivateKey:
		d.Type = typeEd25519
	}
	d.Zone = message.ZoneLine(d.Name, d.Value)
	return d
}

// Kind says in words what the key is: "rsa, 2048 bits".
func (d DKIMKey) Kind() string {
	if d.Bits > 0 {
		return fmt.Sprintf("%s, %d bits", d.Type, d.Bits)
	}
	return d.Type
}

// Users names the newsletters that the key signs: "weekly and flash".
func (d DKIMKey) Users() string { return strings.Join(d.Newsletters, " and ") }
