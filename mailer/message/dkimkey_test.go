package message

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestNewSignerRefuses(t *testing.T) {
	good := testKey(t, "ed25519")
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	with := func(change func(*Key)) []Key {
		k := good
		change(&k)
		return []Key{k}
	}
	for name, keys := range map[string][]Key{
		"no key":              nil,
		"the same twice":      {good, good},
		"no domain":           with(func(k *Key) { k.Domain = "" }),
		"a word for a domain": with(func(k *Key) { k.Domain = "localhost" }),
		"no selector":         with(func(k *Key) { k.Selector = "" }),
		"a tag in a selector": with(func(k *Key) { k.Selector = "a;l=1" }),
		"a line in a domain":  with(func(k *Key) { k.Domain = "a.example\r\nX: y" }),
		"no private half":     with(func(k *Key) { k.Private = nil }),
		"an elliptic curve":   with(func(k *Key) { k.Private = curve }),
		"too long":            with(func(k *Key) { k.Selector = strings.TrimSuffix(strings.Repeat(strings.Repeat("a", 60)+".", 4), ".") }),
	} {
		if _, err := NewSigner(signedAt, keys...); err == nil {
			t.Errorf("%s: no error", name)
		} else {
			t.Log(name+":", err)
		}
	}
	if _, err := NewSigner(time.Time{}, good); err == nil {
		t.Error("no time: no error")
	}
	if _, err := good.Record(); err != nil {
		t.Error(err)
	}
	if _, err := with(func(k *Key) { k.Private = curve })[0].Record(); err == nil {
		t.Error("a record of a key that cannot sign")
	}
}

func TestParseKey(t *testing.T) {
	one := testKey(t, "rsa").Private.(*rsa.PrivateKey)
	encode := func(kind string, der []byte) []byte {
		return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
	}
	got, err := ParseKey(encode("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(one)))
	if err != nil || !one.Equal(got.(crypto.PrivateKey)) {
		t.Errorf("PKCS #1: %v", err)
	}
	for _, private := range []crypto.Signer{one, testKey(t, "ed25519").Private} {
		der, err := x509.MarshalPKCS8PrivateKey(private)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ParseKey(encode("PRIVATE KEY", der))
		if err != nil || !private.(interface{ Equal(crypto.PrivateKey) bool }).Equal(got) {
			t.Errorf("PKCS #8, %T: %v", private, err)
		}
	}
	for name, text := range map[string][]byte{
		"nothing":      nil,
		"no PEM":       []byte("hush hush"),
		"damaged":      encode("PRIVATE KEY", []byte("hush")),
		"damaged RSA":  encode("RSA PRIVATE KEY", []byte("hush")),
		"certificate":  encode("CERTIFICATE", []byte("hush")),
		"locked":       encode("ENCRYPTED PRIVATE KEY", []byte("hush")),
		"a public key": encode("PUBLIC KEY", x509.MarshalPKCS1PublicKey(&one.PublicKey)),
	} {
		if _, err := ParseKey(text); err == nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRecord(t *testing.T) {
	// RFC 8463 A.1 and A.2.
	seed := []byte{
		0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4,
		0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60,
	}
	k := Key{Domain: "Football.Example.com", Selector: "brisbane", Private: ed25519.NewKeyFromSeed(seed)}
	got, err := k.Record()
	if want := "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="; err != nil || got != want {
		t.Errorf("%v: %s, want %s", err, got, want)
	}
	if got, want := k.RecordName(), "brisbane._domainkey.football.example.com"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	k.Domain = "bücher.example"
	if got, want := k.RecordName(), "brisbane._domainkey.xn--bcher-kva.example"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	long, err := testKey(t, "rsa").Record()
	if err != nil {
		t.Fatal(err)
	}
	strs := regexp.MustCompile(`"([^"]*)"`).FindAllStringSubmatch(ZoneLine("a.example", long), -1)
	joined := ""
	for _, s := range strs {
		joined += s[1]
		if len(s[1]) > 255 {
			t.Errorf("a string of %d octets", len(s[1]))
		}
	}
	if joined != long || len(strs) != 2 {
		t.Errorf("%q, want %q", joined, long)
	}
}
