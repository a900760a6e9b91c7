package smtp

// block is how much is written under one Block timeout.
const block = 64 << 10

// write puts a and then b on the wire, in one write where both fit a block, and says
// how many bytes of them the kernel took. What it did not take, the relay does not
// have.
func (s *Session) write(a, b []byte) (n int, err error) {
	for len(a)+len(b) > 0 {
		x := a[:min(len(a), block)]
		y := b[:min(len(b), block-len(x))]
		if err := s.wire.writeWithin(s.relay.Timeouts.Block); err != nil {
			return n, err
		}
		var m int
		if s.tcp != nil {
			m, err = s.gather(x, y)
		} else {
			m, err = s.together(x, y)
		}
		n += m
		if err != nil {
			return n, err
		}
		a, b = a[len(x):], b[len(y):]
	}
	return n, nil
}

// gather hands both to the kernel where they lie (writev).
func (s *Session) gather(x, y []byte) (int, error) {
	switch {
	case len(x) == 0:
		return s.tcp.Write(y)
	case len(y) == 0:
		return s.tcp.Write(x)
	}
	s.pieces = append(s.pieceSpace[:0], x, y) // WriteTo consumes what it is given
	n, err := s.pieces.WriteTo(s.tcp)
	return int(n), err
}

// together puts both in one piece first, since each write of a TLS connection is a
// record.
func (s *Session) together(x, y []byte) (int, error) {
	s.flat = append(append(s.flat[:0], x...), y...)
	w := s.client.Text.W
	n, err := w.Write(s.flat)
	if err == nil {
		err = w.Flush()
	}
	return max(0, n-w.Buffered()), err
}
