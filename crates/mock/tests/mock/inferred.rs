//! A service without `mock.yaml`: what its paths alone tell.

use itemflow_mock::Config;
use serde_json::{Value as Json, json};

use crate::support::{Service, finish, load};

const SERVICE: &str = "name: garden\nrequest: { baseUrl: \"https://garden.test/v1\" }\n";

const PLANT: &str = "
operation: Plant
description: Plants one.
request: POST /beds
properties:
  name: { type: string, required: true }
  rows: { type: string }
response:
  schema:
    type: object
    properties:
      id: { type: integer }
      name: { type: string }
      rows: { type: [integer, \"null\"] }
      note: { type: [string, \"null\"] }
examples:
  - name: roses
    parameters: { name: roses, rows: \"3\" }
    request: { path: /v1/beds }
    response: { body: { id: 4, name: roses, rows: 3, note: null } }
";

const LIST: &str = "
operation: List
description: Lists beds.
request: GET /beds
properties: { name: { type: string } }
response: { items: beds }
examples:
  - { name: all, parameters: {}, response: { body: { beds: [{ id: 4, name: roses, rows: 3, note: null }, { id: 2, name: tulips, rows: 1, note: wet }], more: false } } }
";

const SHOW: &str = "
operation: Show
description: Shows one.
request: GET /beds/{bed}
properties: { bed: { type: number, required: true } }
";

const DIG: &str = "
operation: Dig
description: Clears one.
request: DELETE /beds/{bed}
properties: { bed: { type: number, required: true } }
";

const RENAME: &str = "
operation: Rename
description: Renames one.
request: PATCH /beds/{id}
properties: { id: { type: number, required: true }, name: { type: string } }
";

const WATER: &str = "
operation: Water
description: Waters one; its path tells nothing.
request: POST /beds/{id}/water
properties: { id: { type: number, required: true }, litres: { type: number } }
response: { schema: { type: object, properties: { litres: { type: integer } } } }
examples:
  - { name: a can, parameters: { id: 2, litres: 10 }, response: { body: { litres: 10 } } }
";

const TAG: &str = "
operation: Tag
description: Tags a plant of a bed.
request: POST /beds/{bed}/plants
properties: { bed: { type: number, required: true }, label: { type: string } }
examples:
  - { name: one, parameters: { bed: 4, label: a }, response: { body: { key: rose-1, label: a } } }
";

const PLANT_SHOW: &str = "
operation: Look
description: Looks at a plant.
request: GET /beds/{bed}/plants/{key}
properties: { bed: { type: number, required: true }, key: { type: string, required: true } }
";

const SEASONS: &str = "
operation: Seasons
description: Lists what nobody can create.
request: GET /seasons
examples:
  - { name: all, parameters: {}, response: { body: [{ id: 1, name: spring }] } }
";

async fn garden() -> Service {
    let definition = load(&[
        ("service.yaml", SERVICE),
        ("beds/plant.yaml", PLANT),
        ("beds/list.yaml", LIST),
        ("beds/show.yaml", SHOW),
        ("beds/dig.yaml", DIG),
        ("beds/rename.yaml", RENAME),
        ("beds/water.yaml", WATER),
        ("plants/tag.yaml", TAG),
        ("plants/look.yaml", PLANT_SHOW),
        ("seasons/seasons.yaml", SEASONS),
    ]);
    Service::of(&definition, Config::default()).await
}

async fn ask(service: &Service, method: &str, target: &str, body: Json) -> (u16, Json) {
    let request = service.bare(method, target);
    finish(if body.is_null() {
        request
    } else {
        request.json(&body)
    })
    .await
}

#[tokio::test]
async fn plain_paths_are_enough_for_a_memory() {
    let service = garden().await;
    let get = async |target: &str| ask(&service, "GET", target, Json::Null).await;
    let (_, all) = get("/beds").await;
    assert_eq!(all["beds"].as_array().unwrap().len(), 2);
    let (status, first) = ask(
        &service,
        "POST",
        "/beds",
        json!({ "name": "peas", "rows": "7" }),
    )
    .await;
    let peas = json!({ "id": 4, "name": "peas", "rows": 7, "note": null });
    assert_eq!(
        (status, &first),
        (200, &peas),
        "it takes the place of the example's bed"
    );
    let (_, second) = ask(&service, "POST", "/beds", json!({ "name": "beans" })).await;
    assert_eq!(second["id"], 5);
    assert_eq!(get("/beds/5").await, (200, second));
    ask(&service, "PATCH", "/beds/2", json!({ "name": "lilies" })).await;
    let lilies = json!({ "id": 2, "name": "lilies", "rows": 1, "note": "wet" });
    assert_eq!(
        get("/beds?name=lilies").await.1,
        json!({ "beds": [lilies], "more": false })
    );
    assert_eq!(ask(&service, "DELETE", "/beds/2", Json::Null).await.0, 200);
    let missing = (404, json!({ "error": "there is no 2 among the beds" }));
    assert_eq!(get("/beds/2").await, missing);
    assert_eq!(
        ask(&service, "POST", "/beds/2/water", json!({ "litres": 3 })).await,
        missing
    );
    let (status, watered) = ask(&service, "POST", "/beds/4/water", json!({ "litres": 3 })).await;
    assert_eq!((status, watered), (200, json!({ "litres": 3 })));
    assert_eq!(
        get("/seasons").await.1,
        json!([{ "id": 1, "name": "spring" }])
    );
}

#[tokio::test]
async fn elements_may_be_named_by_text_and_lie_within_others() {
    let service = garden().await;
    let tag = async |bed: u32| {
        let target = format!("/beds/{bed}/plants");
        ask(&service, "POST", &target, json!({ "label": "b" })).await
    };
    assert_eq!(
        tag(4).await,
        (200, json!({ "key": "rose-1", "label": "b" }))
    );
    assert_eq!(
        tag(4).await,
        (200, json!({ "key": "rose-1-2", "label": "b" }))
    );
    assert_eq!(tag(9).await.0, 404);
    let look = async |target: &str| ask(&service, "GET", target, Json::Null).await;
    assert_eq!(look("/beds/4/plants/rose-1-2").await.1["label"], "b");
    assert_eq!(look("/beds/2/plants/rose-1-2").await.0, 404);
    ask(&service, "DELETE", "/beds/4", Json::Null).await;
    assert_eq!(look("/beds/4/plants/rose-1").await.0, 404);
}
