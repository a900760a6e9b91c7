package smtp

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	gomail "github.com/wneessen/go-mail/smtp"
)

// What Dial takes for itself, best first. PLAIN goes before CRAM-MD5 where TLS
// protects both: relays often offer CRAM-MD5 without having what it needs.
var (
	preferEncrypted = []AuthMode{AuthSCRAMSHA256, AuthSCRAMSHA1, AuthPlain, AuthLogin, AuthCRAMMD5}
	preferClear     = []AuthMode{AuthSCRAMSHA256, AuthSCRAMSHA1, AuthCRAMMD5, AuthPlain, AuthLogin}
)

// auth logs in, RFC 4954, where the relay has a user name.
func (d *dialling) auth() error {
	if d.relay.Username == "" {
		return nil
	}
	offered, mechanisms := d.client.Extension("AUTH")
	if !offered {
		return errors.New("the relay offers no AUTH; leave the username out, or use the port for submission (587 or 465)")
	}
	mode, err := d.chooseAuth(strings.Fields(mechanisms))
	if err != nil {
		return err
	}
	err = d.client.Auth(d.mechanism(mode))
	if errors.Is(err, gomail.ErrUnencrypted) {
		return errors.New("the session is not encrypted, so the password was not sent; use tls: starttls or implicit")
	}
	return err
}

func (d *dialling) chooseAuth(offered []string) (AuthMode, error) {
	if d.relay.Auth != AuthAny {
		if slices.Contains(offered, string(d.relay.Auth)) {
			return d.relay.Auth, nil
		}
		return "", fmt.Errorf("the relay does not offer %s; it offers %s", d.relay.Auth, strings.Join(offered, ", "))
	}
	prefer := preferClear
	if _, encrypted := d.client.TLSConnectionState(); encrypted {
		prefer = preferEncrypted
	}
	for _, mode := range prefer {
		if slices.Contains(offered, string(mode)) {
			return mode, nil
		}
	}
	return "", fmt.Errorf("the relay offers no mechanism we know; it offers %s", strings.Join(offered, ", "))
}

func (d *dialling) mechanism(mode AuthMode) gomail.Auth {
	user, password := d.relay.Username, d.relay.Password
	switch mode {
	case AuthLogin:
		return gomail.LoginAuth(user, password, d.host, false)
	case AuthCRAMMD5:
		return gomail.CRAMMD5Auth(user, password)
	case AuthSCRAMSHA1:
		return gomail.ScramSHA1Auth(user, password)
	case AuthSCRAMSHA256:
		return gomail.ScramSHA256Auth(user, password)
	case AuthXOAUTH2:
		return gomail.XOAuth2Auth(user, password)
	}
	return gomail.PlainAuth("", user, password, d.host, false)
}
