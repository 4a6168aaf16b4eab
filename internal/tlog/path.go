package tlog

import "fmt"

// tilePath names the tile at place n of a level, holding width hashes:
// "tile/0/x001/234", "tile/0/000.p/5".
// See https://c2sp.org/tlog-tiles#merkle-tree.
func tilePath(level int, n int64, width int) string {
	return fmt.Sprintf("tile/%d/%s", level, tileNumber(n, width))
}

// bundlePath names the bundle at place n, holding width entries.
// See https://c2sp.org/tlog-tiles#log-entries.
func bundlePath(n int64, width int) string {
	return "tile/entries/" + tileNumber(n, width)
}

func tileNumber(n int64, width int) string {
	s := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		s = fmt.Sprintf("x%03d/%s", n%1000, s)
	}
	if width < tileWidth {
		s += fmt.Sprintf(".p/%d", width)
	}
	return s
}
