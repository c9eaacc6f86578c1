"""Customer lifetime value: what a customer has brought, and what those we have are expected to bring.

    terms        what a value means: margin, horizon, discount
    rfm          transactions -> how often, how long ago, how much: all that the models know of a customer
    bgnbd        how often a customer will buy again, and whether he still is one (Fader, Hardie & Lee 2005)
    gamma_gamma  what a customer spends at a time (Fader & Hardie 2013)
    value        both together over a horizon, discounted; and the profit that customers have brought already
    warehouse    the tables of a night, with their columns in `tables`; `nightly` is how dbt calls it

Times are in weeks and money in one currency. Too little data gives no figure: `NoFigureError` says why.
"""
