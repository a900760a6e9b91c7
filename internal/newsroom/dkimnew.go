package newsroom

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/mailer/message"
)

// DKIMFolder is where NewDKIMKey puts keys, in the newsroom's folder.
const DKIMFolder = "dkim"

// The types of key.
const (
	typeRSA     = "rsa"     // every receiver reads it (RFC 6376 3.3)
	typeEd25519 = "ed25519" // shorter and faster, and not read by all (RFC 8463)
)

// DKIMOrder says what key is wanted.
type DKIMOrder struct {
	Domain   string
	Selector string // empty: of the month, b202611 for RSA, e202611 for Ed25519
	Type     string // rsa, ed25519; empty: rsa
	Out      string // file to write; empty: dkim/DOMAIN.SELECTOR.pem in the folder
}

// NewDKIMKey makes a key and writes its file, for the owner's eyes only. It never
// overwrites one: mail that is under way is signed with it.
func NewDKIMKey(dir string, o DKIMOrder, now time.Time) (DKIMKey, error) {
	k := message.Key{Domain: strings.ToLower(o.Domain), Selector: o.Selector}
	prefix := "b"
	if o.Type == typeEd25519 {
		prefix = "e"
	}
	if k.Selector == "" {
		k.Selector = prefix + now.Format("200601")
	}
	var err error
	if k.Private, err = drawKey(o.Type); err != nil {
		return DKIMKey{}, err
	}
	if err := k.Check(); err != nil {
		return DKIMKey{}, err
	}
	path := o.Out
	if path == "" {
		path = filepath.Join(dir, DKIMFolder, k.Domain+"."+k.Selector+".pem")
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return DKIMKey{}, err
		}
	}
	if path, err = filepath.Abs(path); err != nil {
		return DKIMKey{}, err
	}
	err = writePrivate(path, k.Private)
	if errors.Is(err, fs.ErrExist) {
		return DKIMKey{}, fmt.Errorf("%s is there already, and a key is never overwritten: name another --selector, or --out", path)
	}
	if err != nil {
		return DKIMKey{}, err
	}
	return describe(k, path, nil), nil
}

func drawKey(kind string) (crypto.Signer, error) {
	switch kind {
	case typeRSA, "":
		return rsa.GenerateKey(rand.Reader, message.SoundRSA)
	case typeEd25519:
		_, private, err := ed25519.GenerateKey(rand.Reader)
		return private, err
	}
	return nil, fmt.Errorf("there is no type %q of key: use rsa or ed25519", kind)
}

// writePrivate writes a new file with a private key (PKCS #8, mode 0600), whole or
// not at all.
func writePrivate(path string, private crypto.Signer) error {
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = errors.Join(pem.Encode(f, &pem.Block{Type: "PRIVATE KEY", Bytes: der}), f.Sync(), f.Close())
	if err != nil {
		_ = os.Remove(path)
	}
	return err
}
