package portal

import (
	"fmt"
	"html"
	"strings"

	"solferino/finding"
)

// Measures of the chart, in units of its viewBox. It is narrow, so that its
// text can still be read on a telephone.
const (
	chartWidth  = 360
	chartLeft   = 8
	chartRight  = chartWidth - 8
	chartRow    = 42
	chartAxis   = 26
	chartLabel  = 26 // runes of a name at most
	chartHeight = 8  // of an interval
)

// chartTicks are the per cents that the scale names.
var chartTicks = []int{0, 25, 50, 75, 100}

// chartHypotheses draws the hypotheses as SVG: for each a dot for its
// probability on a bar for its interval, with name and numbers beside it. The
// colours come from the style of the page, by class; without one it is black.
// Who does not see it hears the same in its description.
func chartHypotheses(list []finding.Hypothesis) string {
	height := len(list)*chartRow + chartAxis
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="chart" role="img" aria-labelledby="chart-title chart-text" viewBox="0 0 %d %d" xmlns="http://www.w3.org/2000/svg">`+"\n",
		chartWidth, height)
	fmt.Fprintf(&b, "<title id=\"chart-title\">Probability of each hypothesis, with its interval from 5 to 95 %%</title>\n")
	fmt.Fprintf(&b, "<desc id=\"chart-text\">%s</desc>\n", html.EscapeString(describe(list)))
	for i, h := range list {
		chartHypothesis(&b, h, i*chartRow)
	}
	chartAxisLine(&b, height-10)
	b.WriteString("</svg>")
	return b.String()
}

func describe(list []finding.Hypothesis) string {
	var parts []string
	for _, h := range list {
		parts = append(parts, h.Label()+": "+h.Likelihood()+".")
	}
	return strings.Join(parts, " ")
}

// chartAxisLine draws the scale below the rows.
func chartAxisLine(b *strings.Builder, y int) {
	for _, percent := range chartTicks {
		anchor := "middle"
		switch percent {
		case 0:
			anchor = "start"
		case 100:
			anchor = "end"
		}
		fmt.Fprintf(b, `<text class="tick" x="%.1f" y="%d" font-size="11" text-anchor="%s" fill="currentColor">%d %%</text>`+"\n",
			chartX(float64(percent)/100), y, anchor, percent)
	}
}

// chartTrack draws the line on which a row is read, with its ticks.
func chartTrack(b *strings.Builder, y int) {
	fmt.Fprintf(b, `<path class="track" d="M%d %dH%d`, chartLeft, y, chartRight)
	for _, percent := range chartTicks {
		fmt.Fprintf(b, "M%.1f %dv%d", chartX(float64(percent)/100), y-chartHeight/2, chartHeight)
	}
	b.WriteString(`" stroke="currentColor" stroke-opacity=".35" fill="none"/>` + "\n")
}

func chartHypothesis(b *strings.Builder, h finding.Hypothesis, top int) {
	class := "actor"
	if h.Actor == "" {
		class = "nobody"
	}
	low, high := chartX(h.Low), chartX(h.High)
	y := top + 30
	chartTrack(b, y)
	fmt.Fprintf(b, `<g class="%s">`+"\n", class)
	fmt.Fprintf(b, `<text x="%d" y="%d" font-size="13" font-weight="600" fill="currentColor">%s</text>`+"\n",
		chartLeft, top+17, html.EscapeString(shorten(h.Name, chartLabel)))
	fmt.Fprintf(b, `<text x="%d" y="%d" font-size="13" text-anchor="end" fill="currentColor">%s</text>`+"\n",
		chartRight, top+17, html.EscapeString(chartNumber(h)))
	fmt.Fprintf(b, `<rect x="%.1f" y="%d" width="%.1f" height="%d" rx="%d" fill="currentColor" fill-opacity=".35"/>`+"\n",
		low, y-chartHeight/2, max(high-low, 2), chartHeight, chartHeight/2)
	fmt.Fprintf(b, `<circle cx="%.1f" cy="%d" r="5.5" fill="currentColor"/>`+"\n</g>\n", chartX(h.P), y)
}

func chartNumber(h finding.Hypothesis) string {
	number, _, _ := strings.Cut(h.Likelihood(), ", ")
	return number
}

func chartX(p float64) float64 {
	p = max(0, min(1, p)) // a NaN stays one, and no probability is one
	return chartLeft + float64(p*(chartRight-chartLeft))
}

// shorten cuts a text to n runes.
func shorten(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}
