package fetch

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

// stage is how far a request has come. It only serves the words of an error.
type stage int32

const (
	waiting stage = iota
	resolving
	dialling
	connected
	secured
	asked
	answering
)

// late says what was too slow.
func (s stage) late(after time.Duration) string {
	switch s {
	case waiting:
		return "other requests to this server took all the time there was"
	case resolving:
		return "the name of the server could not be looked up in time"
	case dialling:
		return "the server could not be reached in time"
	case connected:
		return "the server did not finish the TLS handshake in time"
	case answering:
		return fmt.Sprintf("the answer was not complete within %s", seconds(after))
	}
	return fmt.Sprintf("the server did not answer within %s", seconds(after))
}

// seconds writes a duration as people do: "20 s", "0.5 s".
func seconds(d time.Duration) string { return fmt.Sprintf("%g s", d.Seconds()) }

// follow notes the stages of a request as the transport reports them, from its own
// goroutines.
func follow(ctx context.Context) (context.Context, *atomic.Int32) {
	var at atomic.Int32
	at.Store(int32(resolving))
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		ConnectStart: func(string, string) { at.CompareAndSwap(int32(resolving), int32(dialling)) },
		ConnectDone: func(_, _ string, err error) {
			if err == nil {
				at.CompareAndSwap(int32(dialling), int32(connected))
			}
		},
		TLSHandshakeDone: func(_ tls.ConnectionState, err error) {
			if err == nil {
				at.CompareAndSwap(int32(connected), int32(secured))
			}
		},
		GotConn:              func(httptrace.GotConnInfo) { at.Store(int32(secured)) },
		WroteRequest:         func(httptrace.WroteRequestInfo) { at.Store(int32(asked)) },
		GotFirstResponseByte: func() { at.Store(int32(answering)) },
	}), &at
}

// stallError says that the body stopped coming.
type stallError struct{ after time.Duration }

func (e stallError) Error() string {
	return fmt.Sprintf("the server stopped in the middle of its answer for %s", seconds(e.after))
}

// watched is a body whose pauses are limited: a read that takes longer ends the
// request with a stallError.
type watched struct {
	io.Reader
	pause  time.Duration
	cancel context.CancelCauseFunc
	ctx    context.Context
}

func (w watched) Read(p []byte) (int, error) {
	timer := time.AfterFunc(w.pause, func() { w.cancel(stallError{w.pause}) })
	n, err := w.Reader.Read(p)
	timer.Stop()
	if err != nil && err != io.EOF {
		if cause := context.Cause(w.ctx); cause != nil {
			err = cause
		}
	}
	return n, err
}
