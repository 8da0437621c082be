// Which modem it is: the family's data, its model's, and what the user has chosen.

import { assign } from "./device/setting";
import { defaultSettings, type Settings, settingsTable } from "./device/settings";
import { type DeviceDialect, norm } from "./engine/device-dialect";
import { VirtualModemError } from "./engine/errors";
import type { Dialect, Family, Identity, Model } from "./engine/family";
import { checkRanges, type ModemOptions } from "./modem-options";
import { chooseVariants, commonVariants } from "./variants";

export interface Configuration {
  readonly identity: Identity;
  readonly dialect: Dialect;
  readonly rows: DeviceDialect;
  /** Empty where the family has one model alone. */
  readonly model: string;
  /** They change while the modem runs. */
  readonly settings: Settings;
  /** The value chosen for a variant. */
  readonly variant: (name: string) => string;
}

/** @throws VirtualModemError for an option out of range, an unknown setting or value, an unknown variant or an unknown model */
export function configure(family: Family, options: ModemOptions): Configuration {
  checkRanges(options);
  // A family whose models are a variant takes the option for it.
  const asVariant = options.model !== undefined && "model" in family.variants ? { model: options.model } : {};
  const variants = chooseVariants({ ...options.variants, ...asVariant }, { ...commonVariants, ...family.variants });
  const model = variants.get("model") ?? options.model ?? "";
  const own = modelOf(family, model);
  const settings = defaultSettings();
  assign(settingsTable, settings, own.settings ?? {});
  assign(settingsTable, settings, Object.fromEntries(Object.keys(settingsTable).map((part) => [part, options[part as keyof ModemOptions]])));
  const dialect = { ...family.dialect, ...own.dialect };
  return {
    identity: { ...family.identity, ...own.identity, ...options.identity },
    dialect,
    rows: { ...norm, ...dialect.device },
    model,
    settings,
    variant: (name) => {
      const value = variants.get(name);
      if (value === undefined) throw new Error(`the family asks for a variant that no table has: ${name}`);
      return value;
    },
  };
}

function modelOf({ models = {}, name: family, variants }: Family, name: string): Model {
  if (Object.hasOwn(models, name)) return models[name];
  // The model whose data are the family's own has no row.
  if (name === "" || name === family || "model" in variants) return {};
  throw new VirtualModemError("UNKNOWN_VARIANT", `no model "${name}"; there are: ${[family, ...Object.keys(models)].join(", ")}`);
}
