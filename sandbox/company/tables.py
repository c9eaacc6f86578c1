"""The tables of the world: one CREATE statement each, with the meaning of what is not obvious.

DATE columns are local days of Europe/Amsterdam (ad_days and ad_conversions: of the account's time zone);
TIMESTAMP columns are naive UTC. A row may be shown to the outside once `known_at <= world.now`.
Tables called deltas are additive: "as seen now" is the sum over the rows known by now.
"""

from __future__ import annotations

TABLES: dict[str, str] = {
    # Facts keep small codes; the view `visits` below spells them out.
    "visit_facts": """visit_id BIGINT, visitor_id BIGINT, date DATE, started_at TIMESTAMP, known_at TIMESTAMP,
        country_no UTINYINT, origin_no INTEGER, device_no UTINYINT, engaged BOOLEAN, new_user BOOLEAN,
        newsletter_signup BOOLEAN""",
    "country_names": "country_no UTINYINT, country VARCHAR",
    "device_names": "device_no UTINYINT, device VARCHAR",
    # Where a visit comes from; newsletters add one origin each.
    "origins": "origin_no INTEGER, channel VARCHAR, source VARCHAR, medium VARCHAR, campaign VARCHAR",
    # seen_by_ga4: the visitor consented to analytics. Test orders are never seen by GA4 and have no customer.
    # total = subtotal + shipping, tax (21 %) is inside total; subtotal is after discounts.
    "orders": """order_id BIGINT, name VARCHAR, ordered_at TIMESTAMP, known_at TIMESTAMP, order_date DATE,
        customer_id BIGINT, customer_order_index INTEGER, country VARCHAR, channel VARCHAR, source VARCHAR,
        medium VARCHAR, campaign VARCHAR, visit_id BIGINT, seen_by_ga4 BOOLEAN, ga4_known_at TIMESTAMP,
        test BOOLEAN, cancelled_at TIMESTAMP, discount DECIMAL(18,2), shipping DECIMAL(18,2), tax DECIMAL(18,2),
        subtotal DECIMAL(18,2), total DECIMAL(18,2), currency VARCHAR""",
    "order_lines": """line_id BIGINT, order_id BIGINT, sku VARCHAR, product_id BIGINT, title VARCHAR,
        product_type VARCHAR, quantity INTEGER, unit_price DECIMAL(18,2), unit_price_after_discount DECIMAL(18,2)""",
    # One row per returned line; the lines of one parcel share a refund_id (and its moment). A goodwill refund has
    # quantity 0. A cancelled order is refunded whole, its shipping on the first line.
    "refunds": """refund_id BIGINT, order_id BIGINT, line_id BIGINT, quantity INTEGER, amount DECIMAL(18,2),
        refunded_at TIMESTAMP, known_at TIMESTAMP""",
    "customers": """customer_id BIGINT, created_at TIMESTAMP, first_name VARCHAR, last_name VARCHAR, email VARCHAR,
        country VARCHAR, marketing_state VARCHAR""",
    # The outlet's two shops. Ids are shop number x 10^12 + what the shop tells. by_mail: from the outlet's newsletter.
    # void_at: from then on it does not count, for the reason in `fate`. total holds tax (21 %) and shipping.
    "outlet_orders": """shop VARCHAR, order_id BIGINT, order_date DATE, ordered_at TIMESTAMP, paid_at TIMESTAMP,
        completed_at TIMESTAMP, void_at TIMESTAMP, fate VARCHAR, customer_id BIGINT, country VARCHAR,
        by_mail BOOLEAN, shipping DECIMAL(18,2), tax DECIMAL(18,2), total DECIMAL(18,2)""",
    "outlet_lines": """line_id BIGINT, order_id BIGINT, sku VARCHAR, product_id BIGINT, title VARCHAR,
        quantity INTEGER, tax DECIMAL(18,2), total DECIMAL(18,2)""",
    # One row per returned line; the lines of a parcel share a refund_id. Goodwill has no line, and quantity 0.
    "outlet_refunds": """refund_id BIGINT, order_id BIGINT, line_id BIGINT, quantity INTEGER, amount DECIMAL(18,2),
        refunded_at TIMESTAMP""",
    "ad_campaigns": """platform VARCHAR, account_id VARCHAR, campaign_id VARCHAR, name VARCHAR, channel_type VARCHAR,
        objective VARCHAR, status VARCHAR, currency VARCHAR, time_zone VARCHAR, start_date DATE, end_date DATE,
        country VARCHAR""",
    # Deltas. interactions: at Meta the link clicks. view_through: Google's and Microsoft's view-through conversions
    # of the day. reach (Meta) adds up over the deltas of one day only, never over days.
    "ad_days": """platform VARCHAR, account_id VARCHAR, campaign_id VARCHAR, date DATE, known_at TIMESTAMP,
        cost DECIMAL(18,6), impressions BIGINT, clicks BIGINT, interactions BIGINT, reach BIGINT,
        view_through BIGINT""",
    # Deltas, one row per conversion (LinkedIn's leads: one per campaign and day). value is in the account's currency.
    # view_through rows are Meta's, TikTok's and LinkedIn's (1-day view, on top of clicks); Google's and Microsoft's
    # view-throughs are in ad_days. A lead has value 0 and is a secondary action: in Google's all_conversions, not in
    # conversions.
    "ad_conversions": """platform VARCHAR, account_id VARCHAR, campaign_id VARCHAR, click_date DATE,
        conversion_date DATE, known_at TIMESTAMP, action VARCHAR, view_through BOOLEAN, conversions DOUBLE,
        value DECIMAL(18,2)""",
    "newsletters": """campaign_id VARCHAR, list_id VARCHAR, list_name VARCHAR, title VARCHAR, subject VARCHAR,
        type VARCHAR, send_time TIMESTAMP, emails_sent BIGINT, hard_bounces BIGINT, soft_bounces BIGINT,
        syntax_errors BIGINT, abuse_reports BIGINT""",
    "newsletter_deltas": """campaign_id VARCHAR, known_at TIMESTAMP, opens_total BIGINT, unique_opens BIGINT,
        human_opens_total BIGINT, human_unique_opens BIGINT, clicks_total BIGINT, unique_clicks BIGINT,
        unique_subscriber_clicks BIGINT, unsubscribed BIGINT, orders BIGINT, revenue DECIMAL(18,2)""",
    "list_days": """list_id VARCHAR, date DATE, known_at TIMESTAMP, emails_sent BIGINT, unique_opens BIGINT,
        recipient_clicks BIGINT, hard_bounce BIGINT, soft_bounce BIGINT, subs BIGINT, unsubs BIGINT,
        other_adds BIGINT, other_removes BIGINT""",
    # Mailings of all other tools: kind is campaign or flow (campaign_id is then the flow's), date the account's day.
    # mailing_id is one for each row of an account.
    "mailings": """tool VARCHAR, account_id VARCHAR, mailing_id VARCHAR, campaign_id VARCHAR, message_id VARCHAR,
        kind VARCHAR, name VARCHAR, subject VARCHAR, list_id VARCHAR, list_name VARCHAR, date DATE, sent_at TIMESTAMP,
        known_at TIMESTAMP, recipients BIGINT, hard_bounces BIGINT, soft_bounces BIGINT, complaints BIGINT""",
    # Deltas. unique_opens are what the tool counts as openers, without the machines that it tells apart: those are
    # machine_opens. revenue is in the account's currency.
    "mailing_deltas": """tool VARCHAR, account_id VARCHAR, mailing_id VARCHAR, known_at TIMESTAMP, opens BIGINT,
        unique_opens BIGINT, machine_opens BIGINT, clicks BIGINT, unique_clicks BIGINT, unsubscribed BIGINT,
        orders BIGINT, revenue DECIMAL(18,2)""",
    # Answers of customers: tool is enquete (scale 1-10) or helpdesk (1-5), which export files, or a platform. On the
    # scale percent_good a score is 100 or 0.
    "surveys": """response_id VARCHAR, tool VARCHAR, order_id BIGINT, answered_at TIMESTAMP, known_at TIMESTAMP,
        score INTEGER, scale VARCHAR""",
    # Whom the platforms asked, whether or not an answer came: that has the same response_id.
    "survey_invitations": """response_id VARCHAR, tool VARCHAR, account_id VARCHAR, order_id BIGINT,
        asked_at TIMESTAMP""",
    # Enquiries of companies. Until decided_at a lead is open. won_date is what was typed into the CRM: for a few it
    # is before created_date, by mistake.
    "leads": """lead_id VARCHAR, created_at TIMESTAMP, created_date DATE, known_at TIMESTAMP, decided_at TIMESTAMP,
        won_date DATE, lost_date DATE, channel VARCHAR, value DECIMAL(18,2)""",
    # The trade with companies abroad, in a CRM: an account, with its currency and time zone, is a country.
    "crm_accounts": "account_id VARCHAR, name VARCHAR, currency VARCHAR, time_zone VARCHAR",
    "crm_contacts": """contact_id BIGINT, account_id VARCHAR, email VARCHAR, created_at TIMESTAMP, known_at TIMESTAMP,
        opportunity_at TIMESTAMP, customer_at TIMESTAMP, source VARCHAR""",
    # Until decided_at a deal is open. closed_at and won_date or lost_date are what was typed in, wrongly for a few, as
    # with leads. One that is deleted was a double.
    "crm_deals": """deal_id BIGINT, account_id VARCHAR, contact_id BIGINT, created_at TIMESTAMP, created_date DATE,
        known_at TIMESTAMP, decided_at TIMESTAMP, closed_at TIMESTAMP, won_date DATE, lost_date DATE,
        deleted_at TIMESTAMP, source VARCHAR, amount DECIMAL(18,2), currency VARCHAR""",
    # value: 0 to 2 for CSAT, 0 to 10 for NPS, 1 to 7 for CES.
    "crm_answers": """answer_id BIGINT, account_id VARCHAR, survey_type VARCHAR, answered_at TIMESTAMP,
        known_at TIMESTAMP, value INTEGER""",
    "posts": """post_id VARCHAR, network VARCHAR, post_type VARCHAR, date DATE, placed_at TIMESTAMP,
        known_at TIMESTAMP""",
    # Deltas. reach adds up over the deltas of one post only.
    "post_deltas": """post_id VARCHAR, known_at TIMESTAMP, likes BIGINT, comments BIGINT, shares BIGINT, reach BIGINT,
        impressions BIGINT""",
    # The page that a post stands on: nl or be. Pinterest has one only, and nobody asks which.
    "post_pages": "post_id VARCHAR, page VARCHAR",
    # Deltas. 0 where the network does not count them.
    "post_actions": "post_id VARCHAR, known_at TIMESTAMP, clicks BIGINT, saves BIGINT",
    # Deltas. date is a day as the network counts days. views: of all that the page shows; page_views: of the page
    # itself. reach adds up over the deltas of one day only.
    "page_days": """network VARCHAR, page VARCHAR, date DATE, known_at TIMESTAMP, views BIGINT, reach BIGINT,
        engagements BIGINT, page_views BIGINT, follows BIGINT, unfollows BIGINT""",
    # The terms that are told, of the first site. With rare_searches they are all searches: the view `searches`.
    "search_days": """date DATE, known_at TIMESTAMP, keyword VARCHAR, page VARCHAR, impressions BIGINT, clicks BIGINT,
        position DOUBLE""",
    # final_at: from then on Google calls the day finished.
    "rare_searches": """site VARCHAR, date DATE, known_at TIMESTAMP, final_at TIMESTAMP, impressions BIGINT,
        clicks BIGINT, position DOUBLE""",
    "fx_rates": "date DATE, currency VARCHAR, units_per_eur DECIMAL(18,6), known_at TIMESTAMP",
}

VIEWS: dict[str, str] = {
    "visits": """SELECT visit_id, visitor_id, date, started_at, known_at, country, channel, source, medium, campaign,
        device, engaged, new_user, newsletter_signup
        FROM visit_facts JOIN country_names USING (country_no) JOIN origins USING (origin_no)
        JOIN device_names USING (device_no)""",
    # keyword is NULL for the rare ones, which lead to the front page.
    "searches": """SELECT site, date, rare.known_at, final_at, keyword, page, told.impressions, told.clicks,
        told.position FROM search_days AS told JOIN rare_searches AS rare USING (date)
        WHERE site = 'sc-domain:duurzamemode.nl'
        UNION ALL SELECT site, date, known_at, final_at, NULL, '/', impressions, clicks, position
        FROM rare_searches""",
}
