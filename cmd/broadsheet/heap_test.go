package main

import (
	"math"
	"os"
	"runtime"
	"runtime/metrics"
	"testing"
)

// TestHeapRoom: garbage is collected when the room is full; where much lives, what may be
// added is a share of it; and all is as before once the room is taken back.
func TestHeapRoom(t *testing.T) {
	share, most := collecting()
	a := &App{Lookup: func(string) (string, bool) { return "", false }}
	takeBack := a.giveRoom(1 << 40)
	if p, m := collecting(); p != 10*shareOfLiving || m != 1<<40 {
		t.Errorf("with a room: %d %%, %d bytes", p, m)
	}
	takeBack()
	takeBack = a.giveRoom(1 << 20)    // less than what lives
	for givenUp := false; !givenUp; { // the test's own time limit ends it
		runtime.GC()
		runtime.Gosched()
		p, m := collecting()
		givenUp = p == shareOfLiving && m == math.MaxInt64
	}
	takeBack()
	a.giveRoom(1 << 20)() // taken back before a collection
	for range 20 {
		runtime.GC()
		runtime.Gosched()
	}
	if p, m := collecting(); p != share || m != most {
		t.Errorf("afterwards: %d %%, %d bytes; before: %d %%, %d bytes", p, m, share, most)
	}
	for _, name := range []string{"GOGC", "GOMEMLIMIT"} {
		t.Setenv(name, "100")
		a.Lookup = os.LookupEnv
		takeBack = a.giveRoom(1 << 20)
		if p, m := collecting(); p != share || m != most {
			t.Errorf("with %s: %d %%, %d bytes", name, p, m)
		}
		takeBack()
		os.Unsetenv(name)
	}
}

// collecting is how garbage is collected now.
func collecting() (share, most uint64) {
	now := []metrics.Sample{{Name: "/gc/gogc:percent"}, {Name: "/gc/gomemlimit:bytes"}}
	metrics.Read(now)
	return now[0].Value.Uint64(), now[1].Value.Uint64()
}
