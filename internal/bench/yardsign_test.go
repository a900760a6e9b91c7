package bench

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"io"
	"net/mail"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"github.com/broadsheet-news/broadsheet/mailer/message"
)

// yard is what the cores can sign, with nothing else to do.
type yard struct {
	key    *rsa.PrivateKey
	signer *message.Signer
	letter *message.Compiled // of about the size that is sent
	reader message.Reader
}

func newYard(b *testing.B) *yard {
	b.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		b.Fatal(err)
	}
	marks := message.NewMarkers([]byte("a secret that only benchmarks know"))
	link := "https://news.observer.example/u/" + marks.Of(message.FieldUnsubscribe)
	story := "<p><a href=\"https://news.observer.example/story\">The council votes</a> on the quay again, says the harbour master.</p>\n"
	letter, err := message.Compile(message.Template{
		Markers: marks, From: mail.Address{Name: "The Observer", Address: "news@observer.example"}, Subject: "The week in Westport",
		Date: time.Now(), MessageIDDomain: "observer.example", ListID: message.ListID{ID: "weekly.observer.example"}, UnsubscribeURL: link,
		Text: strings.Repeat("The council votes on the quay again, says the harbour master.\n", 140) + link + "\n",
		HTML: "<!DOCTYPE html>\n<html lang=\"en\"><head><title>The week</title></head><body>\n" + strings.Repeat(story, 210) +
			"<p><a href=\"" + link + "\">Unsubscribe</a></p></body></html>\n",
	})
	if err != nil {
		b.Fatal(err)
	}
	signer, err := message.NewSigner(time.Now(), message.Key{Domain: "observer.example", Selector: "bench", Private: key})
	if err != nil {
		b.Fatal(err)
	}
	reader := message.Reader{Address: "reader@mail.example", MessageID: "5f2c9e1ab7d04c6688f0a1b2", Unsubscribe: "u-7Qx1aZ9kTt2vB4nM6pLc8w"}
	return &yard{key: key, signer: signer, letter: letter, reader: reader}
}

// signs is how many messages the cores sign a second.
func (y *yard) signs(b *testing.B, d time.Duration) float64 {
	return everyCore(b, d, func() func() error {
		var msg []byte
		return func() (err error) {
			msg, err = y.signer.Splice(msg[:0], y.letter, y.reader)
			return err
		}
	})
}

// bare is how many signatures of nothing they make.
func (y *yard) bare(b *testing.B, d time.Duration) float64 {
	sum := sha256.Sum256([]byte("a message"))
	return everyCore(b, d, func() func() error {
		return func() error {
			_, err := rsa.SignPKCS1v15(nil, y.key, crypto.SHA256, sum[:])
			return err
		}
	})
}

// msgauth is how many messages the cores sign a second with go-msgauth.
func (y *yard) msgauth(b *testing.B, d time.Duration) float64 {
	msg, err := y.letter.Splice(nil, y.reader)
	if err != nil {
		b.Fatal(err)
	}
	return everyCore(b, d, func() func() error {
		o := &dkim.SignOptions{
			Domain: "observer.example", Selector: "bench", Signer: y.key,
			HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
		}
		return func() error { return dkim.Sign(io.Discard, bytes.NewReader(msg), o) }
	})
}

// everyCore does something over and over on every core, and says how often a second.
func everyCore(b *testing.B, d time.Duration, start func() func() error) float64 {
	b.Helper()
	var made atomic.Int64
	var all sync.WaitGroup
	begun := time.Now()
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for do := start(); time.Since(begun) < d; made.Add(1) {
				if err := do(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	return float64(made.Load()) / time.Since(begun).Seconds()
}
