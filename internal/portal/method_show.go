package portal

import (
	"fmt"
	"net/http"

	"solferino/attribution"
)

// A methodView explains how numbers come about.
type methodView struct {
	Words []band `json:"words"`
}

// A band is a word of likelihood and the probabilities that it stands for.
type band struct {
	Word string `json:"word"`
	From string `json:"from"`
	To   string `json:"to"`
}

// methodShow explains the method, limits first.
func (s *site) methodShow(*http.Request, tip) (any, error) {
	return methodView{Words: bands()}, nil
}

// bands asks the engine for its words, per cent by per cent.
func bands() []band {
	var list []band
	for percent := range 100 {
		word := attribution.Word(float64(percent) / 100)
		if len(list) == 0 || list[len(list)-1].Word != word {
			list = append(list, band{Word: word, From: fmt.Sprintf("%d %%", percent)})
		}
		list[len(list)-1].To = fmt.Sprintf("%d %%", percent+1)
	}
	return list
}
