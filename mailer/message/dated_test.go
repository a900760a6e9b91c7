package message

import (
	"strings"
	"testing"
	"time"
)

func TestDated(t *testing.T) {
	c, err := Compile(sample())
	if err != nil {
		t.Fatal(err)
	}
	frozen, err := c.Splice(nil, anna)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 27, 9, 0, 5, 0, time.FixedZone("", 3600))
	dated, err := c.Dated(at)
	if err != nil {
		t.Fatal(err)
	}
	sent, err := dated.Splice(nil, anna)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(frozen), "\r\n")
	if want := "Date: Fri, 27 Nov 2026 09:00:05 +0100\r\n" + rest; string(sent) != want {
		t.Errorf("got %.200q, want %.200q", sent, want)
	}
	if again, _ := c.Splice(nil, anna); string(again) != string(frozen) {
		t.Error("the frozen message has changed")
	}
	if dated.Hash() != c.Hash() {
		t.Error("the hash is no longer that of the frozen message")
	}
	if _, err := c.Dated(time.Time{}); err == nil {
		t.Error("a message without a date was made")
	}
	if _, err := new(Compiled).Dated(at); err == nil {
		t.Error("nothing was given a date")
	}
}
