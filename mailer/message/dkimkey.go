package message

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
)

// Key is a DKIM key: the private half, and where the DNS has the public one.
type Key struct {
	Domain   string        // who vouches for the mail (d=): the domain of From, or one above it
	Selector string        // which of the domain's keys this is (s=): "b202611"
	Private  crypto.Signer // an *rsa.PrivateKey or an ed25519.PrivateKey
}

// Sizes of RSA keys, in bits: RFC 8301 3.2, and what receivers want today.
const (
	leastRSA = 1024
	// SoundRSA is the size below which large receivers trust a key less or not.
	SoundRSA = 2048
	mostRSA  = 4096 // RFC 8301 3.2: verifiers need not take more
)

// Check says what keeps the key from signing.
func (k Key) Check() error {
	if k.domain() == "" {
		return fmt.Errorf("%q is not a domain that can vouch for mail", k.Domain)
	}
	if !plainDomain(k.Selector) || !ascii(k.Selector) {
		return fmt.Errorf("%q is not a selector: use letters, digits and hyphens, such as b202611", k.Selector)
	}
	if len(k.RecordName()) > 253 {
		return errors.New("selector and domain together are too long for the DNS")
	}
	switch private := k.Private.(type) {
	case *rsa.PrivateKey:
		if n := private.N.BitLen(); n < leastRSA || n > mostRSA {
			return fmt.Errorf("an RSA key has %d to %d bits, this one %d: make one of %d", leastRSA, mostRSA, n, SoundRSA)
		}
	case ed25519.PrivateKey:
	default:
		return fmt.Errorf("a DKIM key is RSA or Ed25519, not %T", k.Private)
	}
	return nil
}

// domain is the domain in ASCII and lower case; empty where it cannot be.
func (k Key) domain() string {
	if !plainDomain(k.Domain) || !strings.Contains(k.Domain, ".") {
		return ""
	}
	d, _ := asciiDomain(k.Domain)
	return strings.ToLower(d)
}

// algorithm is the a= tag.
func (k Key) algorithm() string {
	if _, ok := k.Private.(ed25519.PrivateKey); ok {
		return "ed25519-sha256"
	}
	return "rsa-sha256"
}

// RecordName is where the DNS has the public key, without a dot at the end (RFC
// 6376 3.6.2.1).
func (k Key) RecordName() string {
	return strings.ToLower(k.Selector) + "._domainkey." + k.domain()
}

// Record is the text of the DNS record (TXT) with the public key (RFC 6376 3.6.1,
// RFC 8463 4).
func (k Key) Record() (string, error) {
	if err := k.Check(); err != nil {
		return "", err
	}
	if public, ok := k.Private.Public().(ed25519.PublicKey); ok {
		return "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public), nil
	}
	der, err := x509.MarshalPKIXPublicKey(k.Private.Public())
	if err != nil {
		return "", err
	}
	return "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der), nil
}

// longestString is how long one string of a TXT record may be, in octets (RFC 1035
// 3.3); receivers join them with nothing in between (RFC 6376 3.6.2.2).
const longestString = 255

// ZoneLine is a TXT record as a line of a zone file (RFC 1035 5.1).
func ZoneLine(name, value string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s. IN TXT (", name)
	for value != "" {
		n := min(len(value), longestString)
		fmt.Fprintf(&b, " %q", value[:n])
		value = value[n:]
	}
	b.WriteString(" )")
	return b.String()
}

// ParseKey reads a private key in PEM form: PKCS #8, or PKCS #1 as older tools
// write it. Its errors never quote the text.
func ParseKey(text []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New(`it holds no key in PEM form: a key begins with "-----BEGIN PRIVATE KEY-----"`)
	}
	switch block.Type {
	case "PRIVATE KEY":
		key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			return nil, errors.New("its key is damaged")
		}
		if signer, ok := key.(crypto.Signer); ok {
			return signer, nil
		}
		return nil, fmt.Errorf("a DKIM key is RSA or Ed25519, not %T", key)
	case "RSA PRIVATE KEY":
		key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
		if err != nil {
			return nil, errors.New("its key is damaged")
		}
		return key, nil
	}
	return nil, fmt.Errorf("it holds a %q, not a private key without a passphrase", block.Type)
}
