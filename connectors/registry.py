"""Every connector, by name. A new one is one line here, and the shared test suite takes it from there."""

from __future__ import annotations

from connectors.brevo import Brevo
from connectors.connector import Connector
from connectors.ecb import Ecb
from connectors.facebook_pages import FacebookPages
from connectors.files import Files
from connectors.ga4 import Ga4
from connectors.google_ads import GoogleAds
from connectors.hubspot import Hubspot
from connectors.instagram import Instagram
from connectors.klaviyo import Klaviyo
from connectors.linkedin_ads import LinkedInAds
from connectors.linkedin_pages import LinkedInPages
from connectors.mailchimp import Mailchimp
from connectors.meta_ads import MetaAds
from connectors.microsoft_ads import MicrosoftAds
from connectors.search_console import SearchConsole
from connectors.shopify import Shopify
from connectors.surveymonkey import SurveyMonkey
from connectors.tiktok_ads import TikTokAds
from connectors.typeform import Typeform
from connectors.woocommerce import WooCommerce
from connectors.zendesk import Zendesk

CONNECTORS: dict[str, type[Connector]] = {
    connector.name: connector
    for connector in (
        Ga4,
        GoogleAds,
        SearchConsole,
        MetaAds,
        LinkedInAds,
        TikTokAds,
        MicrosoftAds,
        FacebookPages,
        Instagram,
        LinkedInPages,
        Mailchimp,
        Klaviyo,
        Brevo,
        Shopify,
        Hubspot,
        Typeform,
        Zendesk,
        SurveyMonkey,
        WooCommerce,
        Ecb,
        Files,
    )
}
