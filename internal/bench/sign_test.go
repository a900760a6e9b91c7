package bench

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// BenchmarkSign sends with an RSA-2048 key, next to what the cores can sign when they
// do nothing else.
func BenchmarkSign(b *testing.B) {
	n := sized(30_000, 3_000)
	const connections, window = 10, 16
	sec := newSection(5, "Signing (DKIM, RSA-2048)", fmt.Sprintf(`%s messages to our own sink, over %d connections with a window of %d, next to what
Go's crypto/rsa signs on all cores, before the send or after it, the better of the two, and for the record what OpenSSL does (`+"`openssl speed -multi %d rsa2048`"+`).`,
		figure(float64(n), 0), connections, window, runtime.NumCPU()),
		"messages/s", "the cores sign, a second", "ratio", "OpenSSL signs, a second", "sender's processor time, us a message", "runs")
	s := startChild(b, role{What: "sink"})
	for b.Loop() {
		var can, openssl series
		f := &free{}
		rounds(b, 90*time.Second, func() {
			before := signatures(b, 3*time.Second)
			if rate, err := opensslSigns(); err == nil {
				openssl.add(rate)
			}
			r := newRoom(b, n, true)
			defer r.remove(b)
			f.add(b, s, r.sendTo(b, s.address, connections, window))
			// Whatever else runs makes the cores look slower than they are.
			can.add(max(before, signatures(b, 3*time.Second)))
		})
		ratio := f.rate.over(can)
		sec.row(f.rate.text(0), can.text(0), ratio.text(2), openssl.text(0), f.cpu.text(1), fmt.Sprint(len(f.rate)))
		if len(openssl) == 0 {
			sec.note("There is no openssl here.")
		}
		sec.goal("signing with RSA-2048", "85% of what the cores can sign", figure(100*ratio.median(), 0)+"%", ratio.median() >= 0.85)
		f.report(b)
		report(b, ratio, "x-signatures")
	}
}

// signatures is how many the cores make a second.
func signatures(b *testing.B, d time.Duration) float64 {
	b.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		b.Fatal(err)
	}
	sum := sha256.Sum256([]byte("a message"))
	var made atomic.Int64
	var all sync.WaitGroup
	begun := time.Now()
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for time.Since(begun) < d {
				if _, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:]); err != nil {
					b.Error(err)
					return
				}
				made.Add(1)
			}
		})
	}
	all.Wait()
	return float64(made.Load()) / time.Since(begun).Seconds()
}

// opensslSigns is what "openssl speed" says.
func opensslSigns() (float64, error) {
	out, err := exec.Command("openssl", "speed", "-seconds", "2", "-multi", strconv.Itoa(runtime.NumCPU()), "rsa2048").Output()
	if err != nil {
		return 0, err
	}
	// "rsa 2048 bits 0.000343s 0.000020s 2915.5 49650.3": times, then signatures a second.
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if len(fields) < 4 || fields[0] != "rsa" {
			continue
		}
		for _, f := range fields[3:] {
			if !strings.HasSuffix(f, "s") {
				return strconv.ParseFloat(f, 64)
			}
		}
	}
	return 0, fmt.Errorf("openssl speed says nothing of RSA: %s", out)
}
