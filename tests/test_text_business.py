"""The engine for business news: each of its rules, by cases worked out by hand."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workbench.text import sentiment
from workbench.text.business import Business
from workbench.text.engines import Engine, engine

BUSINESS = Business()


def label(text):
    compound = BUSINESS.compound(text)
    return "good" if compound >= 0.05 else "bad" if compound <= -0.05 else "neither"


def all_are(expected, sentences):
    found = {text: label(text) for text in sentences}
    assert found == dict.fromkeys(sentences, expected)


def test_it_is_an_engine_that_is_found_by_its_name():
    found = engine("business")
    assert isinstance(found, Engine)
    assert (found.name, found.languages) == ("business", frozenset({"en"}))
    scored = sentiment.score(["Profit rose 5 %", None, "The office is in Oslo"], engine="business")
    assert scored["label"].fillna("none").tolist() == ["positive", "none", "neutral"]
    assert scored[["neg", "neu", "pos"]].iloc[0].sum() == pytest.approx(1)


def test_whether_a_movement_is_good_depends_on_what_moves():
    all_are("good", ["Profit rose", "Costs fell", "Loss narrowed", "Debt was reduced"])
    all_are("good", ["Unemployment fell", "The margin widened", "Acme cut its net debt"])
    all_are("bad", ["Profit fell", "Costs rose", "The loss widened", "Margins narrowed"])
    all_are("bad", ["Unemployment rose", "Acme cut its dividend", "Acme raised its loss forecast"])


def test_a_movement_finds_what_moves_in_both_orders_and_at_a_distance():
    all_are("good", ["A fall in operating costs", "An increase of 3 % in net sales"])
    all_are("good", ["Sales, which had been weak, rose 4 %", "There was a drop of 2 % in claims"])
    all_are("bad", ["A decline in profit", "Sales of its mills in the Baltic countries fell"])
    all_are("bad", ["Increased costs", "Demand, once strong, has been falling", "Lower sales"])


def test_the_head_of_what_stands_together_moves():
    assert label("Cost of sales fell") == "good"
    assert label("Profit before taxes rose") == "good"
    assert label("Demand for loans rose") == "good"
    assert label("Loss per share widened") == "bad"


def test_the_passive_looks_back_and_the_active_ahead():
    all_are(
        "good", ["The forecast was raised", "Acme raised its forecast", "Costs were cut by 5 %"]
    )
    all_are("bad", ["The dividend was cut", "Acme slashes full-year guidance"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Operating profit was EUR 12.1 mn, compared with 9.8 mn a year earlier", "good"),
        ("Operating profit was EUR 12.1 mn, compared with EUR 1.2 bn a year earlier", "bad"),
        ("Profit totalled EUR 5.5 mn, down from 8.1", "bad"),
        ("Profit was EUR 5.5 mn against 5.5 mn", "neither"),
        ("Earnings per share went from USD 3 to USD 4", "good"),
        ("Operating profit of EUR 6.2mn (EUR 4.5mn)", "good"),
        ("Operating profit of EUR 6.2mn (USD 8.1mn)", "neither"),
        ("Operating profit of EUR 6.2mn (2011)", "neither"),
        ("The cost ratio was 61 % versus 58 %", "bad"),
        ("EPS 82c, consensus 71c", "good"),
        ("Revenue seen at $1.2B, estimate $1.4B", "bad"),
        ("A loss of 1 mn against a profit of 2 mn", "bad"),
        ("A loss of 1 mn against a loss of 2 mn", "good"),
        ("A profit of 1 mn against a loss of 2 mn", "good"),
        ("Operating cash flow was -1.5 mn compared with 0.5 mn", "bad"),
    ],
)
def test_figures_are_set_against_earlier_ones(text, expected):
    assert label(text) == expected


def test_a_turn_to_profit_or_loss():
    all_are("good", ["Acme turned a loss of 1 mn into a profit", "Acme returned to profit"])
    all_are("bad", ["Acme swung to a loss", "Acme swung to a net loss from a profit of 3 mn"])


def test_signs_and_percent_without_a_verb():
    all_are("good", ["$ACME +5%", "Acme up 5%", "Sales +4 %", "Costs -3%"])
    all_are("bad", ["$ACME -5%", "Acme down 5%", "Sales -4 %", "Costs +3%"])
    all_are("good", ["$ACME up another 4%", "Long $ACME here"])
    all_are("bad", ["$ACME down another 4%", "Short $ACME here"])
    all_are("neither", ["$ACME reports tomorrow", "Acme raised $50 mn"])
    all_are("neither", ["Pages 3-5", "In 2007-2009", "Up to 5 people", "Set up in 1998"])


def test_expectations_and_guidance():
    all_are("good", ["Acme beats estimates", "Sales exceeded expectations", "Acme lifts outlook"])
    all_are("good", ["Costs were below estimates", "Acme did not miss estimates"])
    all_are("bad", ["Acme misses estimates", "Costs exceeded the forecast", "Profit warning"])
    all_are("bad", ["Acme withdraws its guidance", "Acme fell short of its targets"])
    all_are("neither", ["Acme reaffirms its guidance", "The outlook remains unchanged"])


def test_analysts_and_ratings():
    all_are("good", ["Acme upgraded to buy from hold", "Broker raises Acme price target to $9"])
    all_are("neither", ["Acme raises money to buy Globex"])
    all_are("bad", ["Broker cuts Acme to sell", "Acme downgraded", "Target price lowered to $9"])


def test_contracts_people_and_production():
    all_are("good", ["Acme wins contract from the navy", "Acme received an order for 12 cranes"])
    all_are("bad", ["Acme lost a contract", "Acme to lay off 200", "Acme recalls 900 cars"])
    all_are("bad", ["Acme closes plant in Kent", "Workers went on strike", "Production was halted"])
    all_are("neither", ["Acme appointed a new finance chief", "Acme strikes a deal with Globex"])


def test_what_is_bad_may_end():
    all_are("good", ["The court dismissed the lawsuit", "The ban on exports was lifted"])
    all_are("good", ["The strike has ended", "Acme settles the dispute", "The probe was closed"])
    all_are("bad", ["Acme faces a lawsuit", "Acme was fined for bribery", "A probe into Acme"])


def test_who_approves_matters():
    assert label("The European Commission approved the merger") == "good"
    assert label("The annual general meeting approved the accounts") == "neither"


def test_a_court_or_agency_may_clear_a_company():
    assert label("The court cleared Acme of bribery") == "good"
    assert label("Acme clears snow from its yard") == "neither"


def test_what_begins_or_is_kept_off_matters():
    all_are("bad", ["Acme faces a strike", "The agency launched an investigation into Acme"])
    all_are("good", ["Acme avoids bankruptcy", "The rally ends a run of falling sales"])
    all_are("neither", ["Acme launches a phone", "Construction starts in May"])


def test_words_of_a_phrase_may_stand_apart():
    assert label("Acme will return $2 billion to its shareholders") == "neither"
    assert label("Acme will return $2 billion to shareholders") == "good"
    assert label("Acme will let some 90 people go") == "bad"


def test_the_end_of_a_movement_takes_its_worth_from_what_moved():
    all_are("good", ["Sales hit a record", "Unemployment fell to its lowest since 2001"])
    all_are("bad", ["Costs hit a record", "Orders sank to their lowest since 2001"])


def test_growth_that_slows_is_bad_and_orders_above_sales_are_good():
    all_are("bad", ["Sales growth slowed", "Growth in the number of customers has stalled"])
    all_are("good", ["Order intake exceeded sales", "Output exceeded 40,000 tonnes"])


def test_a_figure_up_or_down_from_another_counts_without_its_subject():
    assert label("The airline filled 84 percent of its seats, up from 79 percent") == "good"
    assert label("The airline filled 71 percent of its seats, down from 79 percent") == "bad"


def test_currencies_move_but_are_neither_good_nor_bad_when_weak():
    assert label("The krona fell 2 %") == "bad"
    assert label("The krona was weak") == "neither"


def test_how_things_are_done_in_general_is_neither():
    all_are(
        "neither",
        [
            "Credit losses are recognised in the income statement",
            "Forward-looking statements involve risks and uncertainties that hurt results",
        ],
    )


def test_a_question_says_little():
    assert 0 >= BUSINESS.compound("Will sales fall?") > BUSINESS.compound("Sales fall.")


def test_the_main_clause_wins():
    all_are("good", ["Although sales fell, profit rose", "Sales fell, but profit rose"])
    all_are("bad", ["Shares fall despite strong results", "Sales rose, but profit fell"])


def test_what_has_ended_or_never_was_is_turned():
    all_are("good", ["The worst is over", "Fears of a profit warning proved unfounded"])
    all_are("good", ["There were no fatal accidents", "The decline in orders has come to a halt"])
    all_are("bad", ["The recovery in orders has come to a halt", "Hopes of a recovery are over"])
    all_are("bad", ["Acme failed to win the contract", "There is no sign of a recovery"])


def test_less_than_expected_depends_on_what_moves():
    all_are("good", ["The loss was smaller than expected", "Costs did not rise as much as feared"])
    all_are("bad", ["Profit was smaller than expected", "Sales rose less than hoped"])


def test_what_is_only_possible_counts_less():
    sure, possible, asked = (
        BUSINESS.compound(text)
        for text in ("Sales fell", "Sales may fall", "It is not known if sales fell")
    )
    assert sure < possible < 0
    assert possible < asked <= 0


def test_statements_without_a_direction_are_neither():
    all_are(
        "neither",
        [
            "Net sales for 2007 were EUR 26 mn",
            "The fund's holding in Acme fell below 5 %",
            "The annual general meeting is held on 27 April",
            "The value of the deal was not disclosed",
            "The insurer offers accident insurance",
            "The company has a staff of 140",
            "The dividend is paid on 9 May",
            "Acme signed an agreement with Globex",
        ],
    )


def test_a_headline_counts_more_than_what_follows():
    good, bad = "Acme beats estimates", "Costs rose in Spain."
    assert BUSINESS.compound(f"{good}\n{bad}") > 0
    assert BUSINESS.compound(f"{bad} {good}.") < BUSINESS.compound(f"{good}. {bad}")


def test_what_ends_every_release_is_left_out():
    release = "Acme opens an office\n\nAbout Acme\nAcme has won many orders and raised its profit."
    assert label(release) == "neither"
    assert label("Acme opens an office\nAbout 200 jobs will be cut in Kent.\n") == "bad"
    assert label("Acme opens an office\nForward-looking statements\nSales may fall.") == "neither"


def test_what_companies_say_of_themselves_counts_little():
    all_are("neither", ["Acme, a leading provider of innovative, high-quality valves, moves"])
    assert label("The deal makes Acme the leading provider of valves") == "good"


def test_capitals_and_other_apostrophes_read_the_same():
    assert BUSINESS.compound("ACME CUTS GUIDANCE") == BUSINESS.compound("Acme cuts guidance")
    assert BUSINESS.compound("It didn’t miss estimates") == BUSINESS.compound(
        "It didn't miss estimates"
    )


def test_words_of_a_link_are_not_read():
    assert BUSINESS.compound("See https://acme.example/profit-fell-sharply") == 0
    assert label("Profit rose https://acme.example/profit-fell") == "good"


def test_shares_tell_the_words_and_which_were_turned():
    text = "Acme's net loss narrowed"
    found = {text[s.start : s.end]: (s.value, s.plain) for s in BUSINESS.explain(text)}
    assert set(found) == {"net loss", "narrowed"}
    assert found["net loss"][0] > 0 > found["net loss"][1]


WORDS = st.sampled_from(
    [
        *("profit", "loss", "costs", "rose", "fell", "cut", "raised", "not", "but", "although"),
        *("may", "from", "to", "against", "was", "5", "1,2", "mn", "EUR", "%", "(", ")", ",", "of"),
        *("growth", "slowed", "beat", "estimates", "lawsuit", "lifted", "turned", "into", "a"),
        *("in", "sharply", "up", "+3 %", ".\n", "é"),
    ]
)
TEXTS = st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=30).map(" ".join))


@given(TEXTS)
@example("")
@example("\x00 İ ﷽ profit ٣ rose \ud800")
@example("(" * 500 + "profit 5" * 50)
@example("1,2,3.4.5,6 mn vs ,.")
def test_whatever_the_text_scores_are_bounded_and_shares_add_up(text):
    (neg, neu, pos, compound) = BUSINESS.scores([text])[0]
    assert -1 <= compound <= 1
    assert compound == BUSINESS.compound(text)
    assert compound == 0 or abs(compound) >= 0.05
    assert neg + neu + pos == pytest.approx(1)
    assert min(neg, neu, pos) >= 0
    shares = BUSINESS.explain(text)
    assert sum(share.value for share in shares) == pytest.approx(compound, abs=1e-4)
    assert all(0 <= share.start < share.end <= len(text) for share in shares)


def test_a_text_without_end_is_scored_in_parts():
    assert BUSINESS.compound("profit of costs rose against 5 ( " * 5_000) != 0
    assert BUSINESS.compound("x" * 100_000) == 0


def test_no_texts_give_no_rows():
    assert BUSINESS.scores([]).shape == (0, 4)


def test_phrases_may_stand_apart_anywhere_and_speak_for_their_last_words():
    assert label("Acme agrees to pay USD 5 mn to settle the case") == "bad"
    assert label("The judge throws out a shareholder case") == "good"
    assert label("Acme has lost its largest supply contract") == "bad"
    lost = BUSINESS.explain("Acme has lost its largest supply contract")
    assert [share.value for share in lost if share.value > 0] == []


def test_a_figure_may_be_said_to_be_negative():
    text = "Cash flow was EUR 12.4 mn, compared with a negative EUR 1.6 mn"
    assert label(text) == "good"
    assert label("Cash flow was EUR minus 1.6 mn, compared with EUR 0.4 mn") == "bad"


def test_a_record_is_of_what_follows_it_at_once():
    assert label("Record low unemployment in the region") == "good"
    assert label("Record low orders in the region") == "bad"


def test_what_was_expected_counts_for_more_than_the_year_before():
    assert label("Acme adds 0.4 million subscribers, half of what was forecast") == "bad"


def test_competition_that_tightens_is_no_less_of_it():
    assert label("Competition has tightened") == "bad"
    assert label("Losses have narrowed") == "good"


def test_not_yet_is_no_but():
    assert label("Acme is not out of the woods yet") == "bad"
    assert label("Orders fell, yet profit rose") == "good"


def test_what_is_ended_is_not_counted_again_for_having_been_more():
    all_are("good", ["Acme avoids a new strike", "Acme passes on higher costs"])


def test_a_contract_is_good_until_it_is_lost():
    assert label("Acme and Globex signed a maintenance contract") == "good"
    assert label("Acme lost the maintenance contract") == "bad"


def test_headlines_leave_articles_out():
    assert label("Acme misses payment") == label("Acme missed a payment") == "bad"
    assert label("Acme hits jackpot") == label("Acme hits the jackpot") == "good"


def test_how_fast_something_moved_is_no_movement_of_its_own():
    all_are("good", ["Acme cuts debt faster than planned", "Costs rose slower than expected"])
    all_are("bad", ["Consumer prices climb faster than expected", "Sales grew slower than planned"])
    assert label("Work goes on faster than planned") == "good"


def test_what_has_no_impact_says_nothing():
    assert label("The strike has no material impact on earnings") == "neither"


def test_what_is_bad_may_be_lost():
    all_are("bad", ["Acme lost a lawsuit", "Acme is losing customers"])
