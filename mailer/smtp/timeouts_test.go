package smtp

import (
	"reflect"
	"testing"
	"time"
)

// TestTimeouts holds the defaults to RFC 5321 4.5.3.2, which gives the least that
// each may be, and a caller's own to what the caller said.
func TestTimeouts(t *testing.T) {
	defaults := Relay{}.WithDefaults().Timeouts
	want := Timeouts{
		Connect:  30 * time.Second, // ours: the RFC leaves it to TCP
		Greeting: 5 * time.Minute,  // 4.5.3.2.1
		Hello:    5 * time.Minute,  // as MAIL
		Mail:     5 * time.Minute,  // 4.5.3.2.2
		Rcpt:     5 * time.Minute,  // 4.5.3.2.3
		Data:     2 * time.Minute,  // 4.5.3.2.4
		Block:    3 * time.Minute,  // 4.5.3.2.5
		Dot:      10 * time.Minute, // 4.5.3.2.6
		Quit:     time.Second,      // ours: nothing depends on it
	}
	if defaults != want {
		t.Errorf("defaults are %+v\nwant %+v", defaults, want)
	}
	// Each by itself, so that none is taken for another.
	fields := reflect.TypeFor[Timeouts]()
	for i := range fields.NumField() {
		var own Timeouts
		reflect.ValueOf(&own).Elem().Field(i).SetInt(int64(7 * time.Second))
		kept := want
		reflect.ValueOf(&kept).Elem().Field(i).SetInt(int64(7 * time.Second))
		if got := (Relay{Timeouts: own}).WithDefaults().Timeouts; got != kept {
			t.Errorf("with a %s of 7 s: %+v\nwant %+v", fields.Field(i).Name, got, kept)
		}
	}
}
