package bench

// maxrssUnit is that of getrusage's ru_maxrss.
const maxrssUnit = 1024
