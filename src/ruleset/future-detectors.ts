// Names of detectors that the documentation reserves. A ruleset that names one before it exists is told so, instead of being
// offered the nearest name. A name that the registry has is not looked up here.

export const RESERVED_DETECTORS: ReadonlySet<string> = new Set(
  `
  adobe_key age age_secret_key airtable_token alibaba_key anthropic_key ar_cuit artifactory_key at_svnr atlassian_token au_abn
  au_medicare au_tfn authorization_header aws_access_key aws_bedrock_key aws_secret_key aws_session_token azure_client_secret
  azure_key bank_account basic_auth be_nrn bearer_token bg_egn bic br_cnpj br_cns br_cpf br_pis brevo_key ca_sin
  card_expiry card_track ch_ahv cl_rut clickhouse_key clojars_token cloudflare_token cn_rid connection_string cookie credit_card
  cvv cz_rodne_cislo databricks_token date date_of_birth de_ausweis de_health de_steuer_id de_svnr digitalocean_token
  discord_token dk_cpr docker_token doppler_token driver_licence duffel_token dynatrace_token easypost_key ee_lt_id email es_dni
  eu_vat facebook_token fi_hetu figma_token flutterwave_key flyio_token fr_nir frameio_token github_pat
  github_token gitlab_token google_api_key google_oauth_secret google_oauth_token gr_amka grafana_token groq_key harness_token
  health_plan_id heroku_key hk_id hr_oib hu_tax_id hubspot_token huggingface_token iban iccid icd10 ie_pps il_id imei
  in_aadhaar in_gstin in_pan infracost_key ipv4 ipv6 is_kennitala it_codice_fiscale jmbg jp_my_number jwt kr_rrn
  linear_key lv_pk mac_address mailchimp_key mailgun_key mapbox_token maxmind_key medical_record 
  mx_curp named_secret national_id nats_key newrelic_key nl_bsn no_fnr notion_token npm_token nz_ird nz_nhi octopus_key 
  onepassword_token openai_key openshift_token organization otp_code passport password_hash perplexity_key person_name
  phone pl_nip pl_pesel pl_regon place plaid_token planetscale_token postman_key prefect_token private_key pt_nif pulumi_token
  pypi_token readme_key ro_cnp ru_inn rubygems_key scalingo_token se_personnummer sendgrid_key sentry_dsn_key
  sentry_token sg_nric shippo_token shopify_token slack_app_token slack_token slack_webhook sourcegraph_token square_token
  street_address stripe_key stripe_webhook supabase_key tailscale_key tax_id teams_webhook telegram_token terraform_token th_tnin
  tr_tckn tw_id twilio_key typeform_token ua_rntrc uk_bank uk_nhs uk_nino uk_utr url_credentials url_secret_parameter us_dea
  us_ein us_itin us_mbi us_npi us_routing us_ssn uuid vault_token vehicle_plate vercel_token vin yandex_key za_id
`
    .trim()
    .split(/\s+/),
)
