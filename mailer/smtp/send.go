package smtp

import "context"

// Send carries one message to one recipient and says what came of it. msg has CRLF
// line endings and no dot stuffing; Send neither changes nor keeps it.
//
// When ctx ends, what is on the wire is cut off: deferred before the final dot, in
// doubt after it. Who wants a message finished gives Send a context of its own.
//
// A Send of minutes (the reply to the final dot may take 10) holds its session; the
// outcome is true whenever it comes. While a [Stream] of the session is open, Send
// may not be called.
func (s *Session) Send(ctx context.Context, e Envelope, msg []byte) Outcome {
	var got Report
	stream := s.Stream(ctx, 1, func(r Report) { got = r }, nil)
	stream.Put(0, e, msg)
	for stream.InFlight() > 0 {
		stream.Hear()
	}
	stream.Close()
	s.idle = got.Untried
	return got.Outcome
}
